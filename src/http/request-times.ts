import type { FastifyInstance } from 'fastify';
import type { OperationTypeNode } from 'graphql';
import type { Metrics } from '../platform/metrics.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What kind of GraphQL operation it has, once that is known; else empty. */
    operationKind: OperationTypeNode | '';
  }
}

/** Takes the time of each answer, by the pattern of its route, which has none of what a client wrote. */
export function timeRequests(app: FastifyInstance, { requestSeconds }: Metrics): void {
  app.decorateRequest('operationKind', '');
  app.addHook('onResponse', (request, reply, done) => {
    // A socket ends when its client has watched enough.
    if (request.ws) return done();
    const { method, operationKind: operation } = request;
    const route = request.routeOptions.url ?? 'none';
    requestSeconds.observe({ method, route, operation, status: reply.statusCode }, reply.elapsedTime / 1_000);
    done();
  });
}
