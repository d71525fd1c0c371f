import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebsocketHandler } from '@fastify/websocket';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { forbidden, rateLimited } from '../../errors.ts';
import { isAllowedOrigin } from '../limits/origins.ts';
import { PerAddress } from '../limits/per-address.ts';
import { UNKNOWN_SUBPROTOCOL } from './close-codes.ts';
import { OutgoingFrames } from './outgoing-frames.ts';
import type { SubscriptionParts } from './subscription-parts.ts';
import { SubscriptionProtocol } from './subscription-protocol.ts';

const RETRY_AFTER_MS = 10_000;

/** Opens a socket for whoever may have one more, from a page of an allowed origin or from no page at all. */
export function subscriptionHandlers(parts: SubscriptionParts): {
  onRequest: onRequestHookHandler;
  wsHandler: WebsocketHandler;
} {
  const { config, metrics, log } = parts.server;
  const sockets = new PerAddress(config.websocket.maxSocketsPerAddress);
  const answers = new WeakMap<FastifyRequest, ServerResponse>();
  return {
    onRequest(request, { raw: answer }, done) {
      if (!request.ws) return done();
      if (!isAllowedOrigin(request, config.corsOrigins)) return done(forbidden());
      if (sockets.isFull(request.ip)) {
        metrics.rateLimited.inc({ limit: 'sockets-per-address' });
        return done(rateLimited(RETRY_AFTER_MS));
      }
      answers.set(request, answer);
      done();
    },
    wsHandler(socket, request) {
      const { ip: address } = request;
      sockets.enter(address);
      metrics.websockets.inc();
      socket.once('close', () => {
        sockets.leave(address);
        metrics.websockets.dec();
      });
      letGoOf(answers.get(request), request.raw);
      socket.removeAllListeners('error');
      socket.on('error', (error) => {
        log.debug({ err: error }, 'websocket client');
        socket.terminate();
      });
      serveSocket(socket, parts, address);
    },
  };
}

/** Request and answer are half of what a watcher costs: nothing may hold them for as long as it watches. */
function letGoOf(answer: ServerResponse | undefined, { socket }: IncomingMessage): void {
  answer?.detachSocket(socket);
  answer?.emit('close');
}

const PING_INTERVAL_MS = 12_000;

/** Joins one WebSocket to the protocol. A client's faults close its socket and are no errors of ours. */
function serveSocket(socket: WebSocket, parts: SubscriptionParts, address: string): void {
  if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
    socket.close(...UNKNOWN_SUBPROTOCOL);
    return;
  }
  const frames = new OutgoingFrames(socket, {
    ...parts.server.config.websocket,
    onSlow: () => parts.server.metrics.slowClients.inc(),
  });
  const protocol = new SubscriptionProtocol(parts, {
    address,
    send: (frame) => frames.send(frame),
    close: (code, reason) => socket.close(code, reason),
  });
  let alive = true;
  const pinging = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, PING_INTERVAL_MS);
  socket.on('pong', () => {
    alive = true;
  });
  socket.on('ping', (data: Buffer) => frames.pong(data));
  socket.on('message', (data: Buffer) => {
    // What came together with the end of the connection is handed over after it.
    if (socket.readyState === socket.OPEN) protocol.receive(data);
    else protocol.closed();
  });
  socket.once('close', () => {
    clearInterval(pinging);
    protocol.closed();
    frames.closed();
  });
}
