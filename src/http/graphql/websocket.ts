import type { Server } from 'graphql-ws';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Logger } from '../../platform/logger.ts';

const PING_INTERVAL_MS = 12_000;

/** Joins one WebSocket to the protocol. A client's faults close its socket and are no errors of ours. */
export function serveSocket(socket: WebSocket, protocol: Server, log: Logger): void {
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  const pings = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, PING_INTERVAL_MS);

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      // Resolves when the frame has left our memory, so a client that does not read is sent nothing more.
      send: (data) =>
        new Promise((resolve, reject) => {
          if (socket.readyState !== socket.OPEN) return resolve();
          socket.send(data, (error) => (error ? reject(error) : resolve()));
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (receive) =>
        socket.on('message', (data) => {
          receive(String(data)).catch((error: unknown) => {
            log.debug({ err: error }, 'websocket message');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        }),
    },
    undefined,
  );
  socket.once('close', (code, reason) => {
    clearInterval(pings);
    closed(code, String(reason)).catch((error: unknown) => log.warn({ err: error }, 'websocket clean-up'));
  });
}
