import { MessageType } from 'graphql-ws';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SubscriptionParts } from '../../src/http/graphql/subscription-parts.ts';
import { SubscriptionProtocol } from '../../src/http/graphql/subscription-protocol.ts';

const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a socket whose token is good for 60 days, longer than any timer of Node, is closed then and not before', async () => {
  const viewer = { kind: 'buyer', userId: '1', expiresAtMs: Date.now() + 60 * DAY_MS };
  const parts = {
    server: {
      config: { websocket: { initTimeoutMs: 3_000, maxInitBytes: 1_000, maxSubscriptionsPerSocket: 1 } },
      authenticator: { identify: async () => viewer },
    },
    watchers: { seat: () => ({ leave: () => undefined }) },
  };
  const sent: string[] = [];
  const closed: unknown[] = [];
  const protocol = new SubscriptionProtocol(parts as unknown as SubscriptionParts, {
    address: '127.0.0.1',
    send: (frame) => void sent.push(frame),
    close: (...why) => void closed.push(why),
  });
  protocol.receive(Buffer.from(JSON.stringify({ type: MessageType.ConnectionInit })));
  await vi.advanceTimersByTimeAsync(60 * DAY_MS - 1_000);
  expect({ sent, closed }).toEqual({ sent: ['{"type":"connection_ack"}'], closed: [] });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(closed).toEqual([[4403, 'Forbidden: the token has expired']]);
});
