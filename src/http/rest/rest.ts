import type { FastifyInstance } from 'fastify';
import { bookingSchemas } from '../../bookings/booking.bodies.ts';
import { bookingRoutes } from '../../bookings/booking.routes.ts';
import type { Container } from '../../container.ts';
import { EVENT_SCHEMAS } from '../../events/event.bodies.ts';
import { eventRoutes } from '../../events/event.routes.ts';
import { REPORT_OUT, reportRoutes } from '../../reports/report.routes.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { protectPages } from '../security-headers.ts';
import { ERROR_SCHEMAS } from './error-responses.ts';
import { readBodiesAsFastApi } from './json-body.ts';
import { documentRoutes, serveDocumentation } from './openapi.ts';
import { guardRoutes } from './permission.ts';
import { checkRequests } from './request-check.ts';
import { restErrorHandler } from './rest-errors.ts';

/** The REST API with its documentation. Its parsers, checks and error answers stay within its own routes. */
export async function registerRest(app: FastifyInstance, container: Container, rateLimits: RateLimits): Promise<void> {
  const answerError = restErrorHandler(container.failures);
  await documentRoutes(app);
  await app.register(async (rest) => {
    rest.setErrorHandler(answerError);
    guardRoutes(rest, container, rateLimits);
    readBodiesAsFastApi(rest);
    checkRequests(rest);
    const bookings = bookingSchemas(container.config.auth.mode === 'jwt');
    for (const schema of [...ERROR_SCHEMAS, ...EVENT_SCHEMAS, ...bookings, REPORT_OUT]) rest.addSchema(schema);
    eventRoutes(rest, container);
    bookingRoutes(rest, container);
    reportRoutes(rest, container);
  });
  await app.register(async (documentation) => {
    documentation.setErrorHandler(answerError);
    await protectPages(documentation, 'ours');
    await serveDocumentation(documentation);
  });
}
