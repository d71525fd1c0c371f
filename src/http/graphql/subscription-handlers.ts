import type { WebsocketHandler } from '@fastify/websocket';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Server } from 'graphql-ws';
import type { Container } from '../../container.ts';
import { forbidden, rateLimited } from '../../errors.ts';
import { isAllowedOrigin } from '../limits/origins.ts';
import { PerAddress } from '../limits/per-address.ts';
import type { SocketExtra } from './subscription-protocol.ts';
import { serveSocket } from './websocket.ts';

const RETRY_AFTER_MS = 10_000;

/** Opens a socket for whoever may have one more, from a page of an allowed origin or from no page at all. */
export function subscriptionHandlers(
  { config, log }: Container,
  protocol: Server<SocketExtra>,
): { onRequest: onRequestHookHandler; wsHandler: WebsocketHandler } {
  const { maxSocketsPerAddress, sendTimeoutMs } = config.websocket;
  const sockets = new PerAddress(maxSocketsPerAddress);
  return {
    onRequest(request, _reply, done) {
      if (!request.ws) return done();
      if (!isAllowedOrigin(request, config.corsOrigins)) return done(forbidden());
      done(sockets.isFull(request.ip) ? rateLimited(RETRY_AFTER_MS) : undefined);
    },
    wsHandler(socket, { ip: address }: FastifyRequest) {
      sockets.enter(address);
      socket.once('close', () => sockets.leave(address));
      serveSocket(socket, protocol, { address, sendTimeoutMs, log });
    },
  };
}
