import type { IncomingMessage } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import type { WebSocketServer } from 'ws';
import type { WebSocketLimits } from '../../config.ts';

const GOING_AWAY = 1001;
const CLOSE_TIMEOUT_MS = 2_000;
/** Frames, and pieces as they arrive, that one message may come in: each is kept until the last one is here. */
const MAX_MESSAGE_PARTS = 1_000;

export async function openWebSockets(app: FastifyInstance, { maxPayloadBytes }: WebSocketLimits): Promise<void> {
  const socketOptions = {
    maxPayload: maxPayloadBytes,
    perMessageDeflate: false,
    maxFragments: MAX_MESSAGE_PARTS,
    maxBufferedChunks: MAX_MESSAGE_PARTS,
    // One message of a socket in one turn, however many came together: others want theirs handled too.
    allowSynchronousEvents: false,
    // Pongs that are not read must not pile up.
    autoPong: false,
    handleProtocols,
    // A client that does not read would hold up the end of the process.
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
  await app.register(websocket, {
    options: socketOptions,
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, 'websocket client');
      socket.terminate();
    },
    preClose: (done) => closeSockets(app.websocketServer, done),
  });
}

function closeSockets(server: WebSocketServer, done: () => void): void {
  for (const socket of server.clients) socket.close(GOING_AWAY, 'The server is going away');
  server.close();
  done();
}

/** Any other upgrade, such as the h2c that some HTTP clients ask for, is answered as an ordinary request. */
export function isSubscriber({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && /^\/graphql\/?(\?|$)/.test(url);
}
