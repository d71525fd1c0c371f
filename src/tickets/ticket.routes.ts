import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import type { z } from 'zod';
import { requiredOwner } from '../auth/permissions.ts';
import { BOOKING_ROUTE, type BookingId } from '../bookings/booking.routes.ts';
import { notFound } from '../errors.ts';
import { COMMON_RESPONSES, problemResponse, validationResponse } from '../http/rest/error-responses.ts';
import { isNotModified } from '../http/rest/not-modified.ts';
import { type Problem, problemOfError, sendProblem } from '../http/rest/problem.ts';
import { parseId } from '../input-checks.ts';
import type { DocumentFormat } from './rendering/document-form.ts';
import { bookingWithTicketsOut, PAGE_SIZE_QUERY, TICKET_CODE_PARAMS } from './ticket.bodies.ts';
import { TicketCancelled } from './ticket-document.ts';
import type { TicketUseCases } from './ticket-use-cases.ts';

export const TICKET_CANCELLED = 'TICKET_CANCELLED';

const tags = ['tickets'];
/** A new key is in use for scanners within this time. */
const KEYS_MAX_AGE_S = 300;

/** Whoever knows the address holds the ticket: it shall be in no cache, no Referer and no search engine. */
const OF_A_CAPABILITY = {
  'Cache-Control': 'no-store, private',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex',
};

interface Documented {
  readonly mediaType: string;
  readonly schema: object;
  readonly summary: string;
  readonly description: string;
}

const QR_CODE = 'The QR code that the holder of a ticket shows.';

const DOCUMENTS: Readonly<Record<DocumentFormat, Documented>> = {
  svg: { mediaType: 'image/svg+xml', schema: { type: 'string' }, summary: 'QR Code As SVG', description: QR_CODE },
  png: { mediaType: 'image/png', schema: binary('image/png'), summary: 'QR Code As PNG', description: QR_CODE },
  pdf: {
    mediaType: 'application/pdf',
    schema: binary('application/pdf'),
    summary: 'Ticket As PDF',
    description: 'The page that the holder of a ticket prints, or shows on a phone.',
  },
};

function binary(contentMediaType: string) {
  return { type: 'string', contentMediaType, contentEncoding: 'binary' };
}

const getBooking = {
  ...BOOKING_ROUTE,
  response: { ...BOOKING_ROUTE.response, 200: { description: 'Successful Response', $ref: 'BookingWithTicketsOut#' } },
};

const publicKeys = {
  tags,
  summary: 'Public Keys',
  description: 'The keys with which QR codes of tickets are checked. May be kept for some minutes.',
  operationId: 'public_keys',
  response: { 200: { description: 'Successful Response', $ref: 'PublicKeysOut#' }, ...COMMON_RESPONSES },
};

function documentRoute(format: DocumentFormat) {
  const { mediaType, schema, summary, description } = DOCUMENTS[format];
  return {
    tags,
    summary,
    description: `${description} Knowing the ticket's code is the permission.`,
    operationId: `ticket_${format}`,
    params: TICKET_CODE_PARAMS,
    ...(format === 'pdf' && { querystring: PAGE_SIZE_QUERY }),
    response: {
      200: { description: 'Successful Response', content: { [mediaType]: { schema } } },
      304: { description: 'It is as its If-None-Match says.', type: 'null' },
      404: problemResponse('There is no such ticket.', problemOfError(notFound('Ticket'))),
      410: problemResponse('The ticket was cancelled.', cancelled(new TicketCancelled())),
      422: validationResponse,
      ...COMMON_RESPONSES,
    },
  };
}

interface AskedDocument {
  Params: z.output<typeof TICKET_CODE_PARAMS>;
  /** Of a page. */
  Querystring: Partial<z.output<typeof PAGE_SIZE_QUERY>>;
}

export function ticketRoutes(rest: FastifyInstance, use: TicketUseCases): void {
  const reading = { schema: getBooking, config: { operation: 'booking' } };
  rest.get<BookingId>('/booking/:booking_id', reading, async ({ params, viewer }) => {
    const booking = await use.bookings.find(parseId(params.booking_id), requiredOwner(viewer, 'booking'));
    if (!booking) throw notFound('Booking');
    const tickets = booking.status === 'FINALIZED' ? await use.tickets.ofBookings([booking.id]) : [];
    return bookingWithTicketsOut(booking, tickets, use.ticketUrls);
  });
  for (const format of ['svg', 'png', 'pdf'] as const) serveDocument(rest, use, format);

  const config = { operation: 'ticketSigningKeys' };
  rest.get('/.well-known/boxoffice-keys.json', { schema: publicKeys, config }, async (_request, reply) => {
    const { publicSet } = await use.signingKeys();
    reply.header('Cache-Control', `public, max-age=${KEYS_MAX_AGE_S}`);
    return publicSet;
  });
}

function serveDocument(rest: FastifyInstance, use: TicketUseCases, format: DocumentFormat): void {
  const route = { schema: documentRoute(format), onRequest: keepPrivate, config: { operation: 'ticketDocument' } };
  rest.get<AskedDocument>(`/tickets/:code.${format}`, route, async (request, reply) => {
    try {
      const document = await use.ticketDocument(request.params.code, format, request.query.size);
      reply.header('ETag', document.etag);
      if (isNotModified(request, document.etag)) return reply.code(304).send();
      const printed = Buffer.from(await document.render());
      reply.header('Content-Disposition', `inline; filename="${document.fileName}"`);
      return reply.type(DOCUMENTS[format].mediaType).send(printed);
    } catch (error) {
      if (error instanceof TicketCancelled) return sendProblem(reply, cancelled(error));
      throw error;
    }
  });
}

const keepPrivate: onRequestHookHandler = (_request, reply, done) => {
  reply.headers(OF_A_CAPABILITY);
  done();
};

function cancelled({ message: detail }: TicketCancelled): Problem {
  return { status: 410, code: TICKET_CANCELLED, detail };
}
