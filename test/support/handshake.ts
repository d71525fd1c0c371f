import type { IncomingHttpHeaders } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';

/** Asks for a socket, and what was answered: 101 when it was opened, which then is closed again. */
export function handshake(
  websocketUrl: string,
  origin?: string,
  options: ClientOptions = {},
): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  const socket = new WebSocket(websocketUrl, 'graphql-transport-ws', {
    ...options,
    ...(origin !== undefined && { origin }),
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => socket.close());
    socket.once('close', () => resolve({ status: 101, headers: {} }));
    socket.once('unexpected-response', (request, { statusCode, headers }) => {
      request.destroy();
      resolve({ status: statusCode as number, headers });
    });
    socket.once('error', reject);
  });
}
