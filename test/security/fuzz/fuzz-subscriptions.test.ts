import { OperationTypeNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildGraphqlSchema } from '../../../src/api/graphql-schema.ts';
import { type BoxOffice, openBoxOffice } from '../../support/box-office.ts';
import { eventually } from '../../support/eventually.ts';
import { bookTicket, createEvent } from '../../support/graphql-client.ts';
import { leaksIn } from '../../support/leaks.ts';
import { acknowledgedSocket, closeRawSockets } from '../../support/raw-socket.ts';
import { arbitraryGraphqlRequest, operationsOf } from './arbitrary-graphql-request.ts';
import {
  faultsOfErrors,
  faultsOfResult,
  type GraphqlError,
  type GraphqlResult,
  outcomesOf,
} from './documented-answer.ts';
import { expectSomeOfEach, FUZZED_SETUPS, fuzz, GRAPHQL_OUTCOMES } from './fuzz.ts';

const TIMEOUT_MS = 120_000;
const MAX_FRAME_BYTES = 65_000;
const SUBSCRIPTIONS_PER_SOCKET = 10;

const operations = operationsOf(buildGraphqlSchema())
  .filter(({ kind }) => kind === OperationTypeNode.SUBSCRIPTION)
  .map((operation) => ({ name: operation.field.name, operation }));

describe.each(FUZZED_SETUPS)('%s: whatever is watched, the answer', (setup, cases) => {
  let office: BoxOffice;
  /** Every event there is, so that whoever watches one sees bookings. */
  let eventIds: string[];
  beforeAll(async () => {
    office = await openBoxOffice(setup);
    const capacity = 1_000_000;
    eventIds = [await createEvent(office.url, { capacity }), await createEvent(office.url, { capacity })];
  });
  afterAll(async () => {
    await closeRawSockets();
    await office.close();
  });

  const bookAnother = () => Promise.all(eventIds.map((eventId) => bookTicket(office.url, { eventId })));

  test.each(operations)(
    `of $name is data or a documented code, without a leak, ${cases} times`,
    async ({ operation }) => {
      const outcomes = new Set<string>();
      let sent = 0;
      const watch = async (batch: string[]) => {
        for (const outcome of await watchAll(office, batch, bookAnother)) outcomes.add(outcome);
        sent += batch.length;
      };
      await fuzz(cases, arbitraryGraphqlRequest(operation).filter(isSubscribePayload), watch, SUBSCRIPTIONS_PER_SOCKET);
      expect(sent).toBe(cases);
      expectSomeOfEach(GRAPHQL_OUTCOMES, outcomes);
      await eventually(() => office.container.liveUpdates.watchedEvents === 0);
    },
    TIMEOUT_MS,
  );

  test('leaves the office ready for the next customer', async () => {
    expect((await fetch(`${office.url}/readyz`)).status).toBe(200);
  });
});

/** Any other would end the socket, and with it the answers to the rest: websocket-protocol.test.ts is about those. */
function isSubscribePayload(text: string): boolean {
  if (Buffer.byteLength(text) > MAX_FRAME_BYTES) return false;
  const { query, variables, operationName, extensions } = JSON.parse(text) as Record<string, unknown>;
  const isRecord = (value: unknown) => value == null || (typeof value === 'object' && !Array.isArray(value));
  const isText = (value: unknown) => value == null || typeof value === 'string';
  return typeof query === 'string' && isText(operationName) && isRecord(variables) && isRecord(extensions);
}

interface Frame {
  readonly id: string;
  readonly type: 'next' | 'error' | 'complete';
  readonly payload?: unknown;
}

/** Throws when the first frame that answers a subscription is not a documented one; returns what the answers were. */
async function watchAll(
  office: BoxOffice,
  payloads: readonly string[],
  bookAnother: () => Promise<unknown>,
): Promise<string[]> {
  const { socket, sendText, send, messages, closed } = await acknowledgedSocket(office.websocketUrl);
  const outcomes = new Map<string, string[]>();
  for (const [id, payload] of payloads.entries()) sendText(`{"id":"${id}","type":"subscribe","payload":${payload}}`);

  const cut = closed.then(({ code, reason }) => {
    throw new Error(`closed with ${code} ${reason} after one of\n${payloads.join('\n')}`);
  });
  const readAll = async () => {
    while (outcomes.size < payloads.length) {
      const frame = (await Promise.race([messages.next(), cut])) as unknown as Frame;
      if (outcomes.has(frame.id)) continue;
      outcomes.set(frame.id, outcomesOfFrame(frame, payloads[Number(frame.id)]));
      if (frame.type === 'next') send({ id: frame.id, type: 'complete' });
    }
  };
  // Who watches all bookings of an event is shown those only that come after.
  const booking = eventually(async () => {
    await bookAnother();
    return outcomes.size === payloads.length || socket.readyState !== socket.OPEN;
  });
  try {
    await readAll();
  } finally {
    socket.close();
    await Promise.all([closed, booking]);
  }
  return [...outcomes.values()].flat();
}

function outcomesOfFrame({ type, payload }: Frame, sent: string | undefined): string[] {
  const result: GraphqlResult =
    type === 'next' ? (payload as GraphqlResult) : { errors: payload as readonly GraphqlError[] };
  const faults = type === 'next' ? faultsOfResult(result) : faultsOfErrors(payload);
  const problems = [...faults, ...leaksIn(payload)];
  if (problems.length === 0) return outcomesOf(result);
  throw new Error(`${problems.join('\n')}\nanswer: ${type} ${JSON.stringify(payload)}\nto: ${sent}`);
}
