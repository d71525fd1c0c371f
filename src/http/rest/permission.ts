import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticator } from '../../auth/authenticator.ts';
import { requiredOwner } from '../../auth/permissions.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { RateLimits } from '../limits/rate-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    viewer: Viewer;
  }
  interface FastifyContextConfig {
    /** The operation's name in the table of permissions. */
    operation?: string;
  }
}

/** Every route that follows asks first whether its viewer may. One that names no operation is refused. */
export function guardRoutes(rest: FastifyInstance, authenticator: Authenticator, rateLimits: RateLimits): void {
  rest.decorateRequest('viewer');
  const admit = (request: FastifyRequest, viewer: Viewer) => {
    const { operation = '' } = request.routeOptions.config;
    requiredOwner(viewer, operation);
    request.viewer = viewer;
    return rateLimits.admit(operation, viewer, request.ip);
  };
  // Promises only where there is something to wait for.
  rest.addHook('onRequest', (request, _reply, done) => {
    const viewer = authenticator.identify(request.headers.authorization);
    const admitted = viewer instanceof Promise ? viewer.then((known) => admit(request, known)) : admit(request, viewer);
    if (admitted) admitted.then(() => done(), done);
    else done();
  });
}
