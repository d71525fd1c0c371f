import type { Server } from 'graphql-ws';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Logger } from '../../platform/logger.ts';
import type { SocketExtra } from './subscription-protocol.ts';

const PING_INTERVAL_MS = 12_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface SocketOptions {
  readonly address: string;
  readonly sendTimeoutMs: number;
  readonly log: Logger;
}

/** Joins one WebSocket to the protocol. A client's faults close its socket and are no errors of ours. */
export function serveSocket(
  socket: WebSocket,
  protocol: Server<SocketExtra>,
  { address, sendTimeoutMs, log }: SocketOptions,
): void {
  const timers: NodeJS.Timeout[] = [];
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  timers.push(
    setInterval(() => {
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    }, PING_INTERVAL_MS),
  );
  const close = (code: number, reason: string) => socket.close(code, reason);

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => sendAndWait(socket, data, sendTimeoutMs),
      close,
      onMessage: (receive) =>
        socket.on('message', (data) => {
          receive(String(data)).catch((error: unknown) => {
            log.debug({ err: error }, 'websocket message');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        }),
    },
    {
      address,
      close,
      closeAt: (atMs, code, reason) => {
        const waitMs = Math.min(Math.max(0, atMs - Date.now()), MAX_TIMER_MS);
        timers.push(setTimeout(close, waitMs, code, reason));
      },
    },
  );
  socket.once('close', (code, reason) => {
    for (const timer of timers) clearTimeout(timer);
    closed(code, String(reason)).catch((error: unknown) => log.warn({ err: error }, 'websocket clean-up'));
  });
}

/**
 * Resolves when the frame has left our memory, so a client that does not read is sent nothing more. One that has not
 * taken it in time is cut off: a close frame would wait behind the rest. That a client is gone is told by its `close`.
 */
function sendAndWait(socket: WebSocket, data: string, timeoutMs: number): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), timeoutMs);
    socket.send(data, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
