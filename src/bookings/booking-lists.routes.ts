import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import { notFound } from '../errors.ts';
import { EVENT_ID_PARAMS } from '../events/event.requests.ts';
import { findEvent } from '../events/event.routes.ts';
import { COMMON_RESPONSES, problemResponse, validationResponse } from '../http/rest/error-responses.ts';
import { pageOut } from '../http/rest/page-bodies.ts';
import { problemOfError } from '../http/rest/problem.ts';
import { pageRequest } from '../pagination.ts';
import { readBookingOut } from './booking.bodies.ts';
import type { BookingDownloads } from './booking-downloads.ts';
import { BOOKING_PAGE_QUERY } from './booking-page.bodies.ts';
import type { BookingContext } from './booking-use-cases.ts';
import { listBookings } from './listed-bookings.ts';

const tags = ['bookings'];

const listRoute = {
  tags,
  summary: 'List Bookings',
  description: "Bookings, newest first, a page at a time; the filters add up. A buyer's token lists that buyer's own.",
  operationId: 'list_bookings',
  querystring: BOOKING_PAGE_QUERY,
  response: {
    200: { description: 'Successful Response', $ref: 'BookingPageOut#' },
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

const downloadRoute = {
  tags,
  summary: 'Download Bookings',
  description:
    'All bookings of an event as CSV (RFC 4180, UTF-8), in the order of their ids. When it cannot be finished the transfer ' +
    'breaks off: what ends as a whole answer is whole.',
  operationId: 'download_bookings',
  params: EVENT_ID_PARAMS,
  response: {
    200: { description: 'Successful Response', content: { 'text/csv': { schema: { type: 'string' } } } },
    404: problemResponse('There is no such event.', problemOfError(notFound('Event'))),
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

type UseCases = Pick<BookingContext['useCases'], 'bookings' | 'events'> & { readonly downloads: BookingDownloads };

export function bookingListRoutes(rest: FastifyInstance, { bookings, events, downloads }: UseCases): void {
  rest.get<{ Querystring: z.output<typeof BOOKING_PAGE_QUERY> }>(
    '/booking',
    { schema: listRoute, config: { operation: 'bookings' } },
    async ({ query, viewer }) => {
      const { event_id: eventId, user_id: userId, status, reference, first, after } = query;
      const asked = { eventId, userId, status, reference };
      return pageOut(await listBookings(bookings, viewer, asked, pageRequest(first, after)), readBookingOut);
    },
  );

  rest.get<{ Params: z.output<typeof EVENT_ID_PARAMS> }>(
    '/event/:event_id/bookings.csv',
    { schema: downloadRoute, config: { operation: 'downloadBookings' } },
    async ({ params, method }, reply) => {
      const { id } = await findEvent(events, params.event_id);
      const file = method === 'HEAD' ? Readable.from([]) : await downloads.csv(id);
      // It took so long that the answer was that there is none.
      if (reply.sent) return void file.destroy();
      breakOffOnFailure(file, reply);
      reply.header('Cache-Control', 'no-store');
      reply.header('Content-Disposition', `attachment; filename="event-${id}-bookings.csv"`);
      return reply.type('text/csv; charset=utf-8').send(file);
    },
  );
  rest.addHook('preClose', async () => downloads.close());
}

/** A reset, because over HTTP/1.0, which proxies speak, a connection that is merely closed is the end of a whole answer. */
function breakOffOnFailure(file: Readable, { raw }: FastifyReply): void {
  file.once('error', () => {
    if (raw.headersSent) raw.socket?.resetAndDestroy();
  });
}
