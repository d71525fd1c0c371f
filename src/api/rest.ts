import type { FastifyInstance } from 'fastify';
import { BOOKING_OUT, READ_BOOKING_OUT } from '../bookings/booking.bodies.ts';
import { BOOKING_NOT_CANCELLABLE, bookingRoutes } from '../bookings/booking.routes.ts';
import { bookingListRoutes } from '../bookings/booking-lists.routes.ts';
import { BOOKING_PAGE_OUT } from '../bookings/booking-page.bodies.ts';
import { REFUSAL_CODES } from '../bookings/refusals.ts';
import { batchLimitBytes } from '../config.ts';
import type { Container } from '../container.ts';
import { CHECK_IN_REFUSAL_CODES } from '../door/check-in-refusals.ts';
import { DOOR_SCHEMAS } from '../door/door.bodies.ts';
import { doorRoutes } from '../door/door.routes.ts';
import { EVENT_SCHEMAS } from '../events/event.bodies.ts';
import { eventRoutes } from '../events/event.routes.ts';
import { eventLifeRoutes } from '../events/event-life.routes.ts';
import { EVENT_UPDATE_REFUSAL_CODES } from '../events/event-update-refusals.ts';
import { holdRoutes } from '../holds/hold.routes.ts';
import { ERRORS } from '../http/error-mapping.ts';
import type { RateLimits } from '../http/limits/rate-limits.ts';
import { errorSchemas } from '../http/rest/error-responses.ts';
import { readBodiesAsFastApi } from '../http/rest/json-body.ts';
import { documentRoutes, serveDocumentation } from '../http/rest/openapi.ts';
import { guardRoutes } from '../http/rest/permission.ts';
import { HTTP_CODES } from '../http/rest/problem.ts';
import { checkRequests } from '../http/rest/request-check.ts';
import { restErrorHandler } from '../http/rest/rest-errors.ts';
import { protectPages } from '../http/security-headers.ts';
import { REPORT_OUT, reportRoutes } from '../reports/report.routes.ts';
import { TICKET_SCHEMAS } from '../tickets/ticket.bodies.ts';
import { TICKET_CANCELLED, ticketRoutes } from '../tickets/ticket.routes.ts';
import { WAITING_LIST_SCHEMAS } from '../waiting-list/waiting-list.bodies.ts';
import { waitingListRoutes } from '../waiting-list/waiting-list.routes.ts';

/** Of problems; stable, in the order of the document. */
const CODES = [
  ...Object.keys(ERRORS),
  ...REFUSAL_CODES,
  ...HTTP_CODES,
  BOOKING_NOT_CANCELLABLE,
  TICKET_CANCELLED,
  ...EVENT_UPDATE_REFUSAL_CODES,
  ...CHECK_IN_REFUSAL_CODES,
];

const SCHEMAS = [
  ...errorSchemas(CODES),
  ...EVENT_SCHEMAS,
  BOOKING_OUT,
  READ_BOOKING_OUT,
  BOOKING_PAGE_OUT,
  ...TICKET_SCHEMAS,
  ...DOOR_SCHEMAS,
  ...WAITING_LIST_SCHEMAS,
  REPORT_OUT,
];

/** The REST API with its documentation. Its parsers, checks and error answers stay within its own routes. */
export async function registerRest(app: FastifyInstance, container: Container, rateLimits: RateLimits): Promise<void> {
  const answerError = restErrorHandler(container.failures);
  const tokens = container.config.auth.mode === 'jwt';
  await documentRoutes(app);
  await app.register(async (rest) => {
    rest.setErrorHandler(answerError);
    guardRoutes(rest, container.authenticator, rateLimits);
    readBodiesAsFastApi(rest);
    checkRequests(rest);
    for (const schema of SCHEMAS) rest.addSchema(schema);
    eventRoutes(rest, container);
    eventLifeRoutes(rest, container);
    bookingRoutes(rest, container, tokens);
    bookingListRoutes(rest, container);
    holdRoutes(rest, container);
    waitingListRoutes(rest, container, tokens);
    ticketRoutes(rest, container);
    doorRoutes(rest, container, batchLimitBytes(container.config));
    reportRoutes(rest, container);
  });
  await app.register(async (documentation) => {
    documentation.setErrorHandler(answerError);
    await protectPages(documentation, 'ours');
    await serveDocumentation(documentation);
  });
}
