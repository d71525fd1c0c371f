import type { WebsocketHandler } from '@fastify/websocket';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { forbidden, rateLimited } from '../../errors.ts';
import { isAllowedOrigin } from '../limits/origins.ts';
import { PerAddress } from '../limits/per-address.ts';
import type { SubscriptionParts } from './subscription-parts.ts';
import { serveSocket } from './websocket.ts';

const RETRY_AFTER_MS = 10_000;

/** Opens a socket for whoever may have one more, from a page of an allowed origin or from no page at all. */
export function subscriptionHandlers(parts: SubscriptionParts): {
  onRequest: onRequestHookHandler;
  wsHandler: WebsocketHandler;
} {
  const { config, metrics } = parts.container;
  const sockets = new PerAddress(config.websocket.maxSocketsPerAddress);
  return {
    onRequest(request, _reply, done) {
      if (!request.ws) return done();
      if (!isAllowedOrigin(request, config.corsOrigins)) return done(forbidden());
      done(sockets.isFull(request.ip) ? rateLimited(RETRY_AFTER_MS) : undefined);
    },
    wsHandler(socket, { ip: address }: FastifyRequest) {
      sockets.enter(address);
      metrics.websockets.inc();
      socket.once('close', () => {
        sockets.leave(address);
        metrics.websockets.dec();
      });
      serveSocket(socket, parts, address);
    },
  };
}
