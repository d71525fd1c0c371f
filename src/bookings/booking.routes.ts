import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { actingFor, requiredOwner } from '../auth/permissions.ts';
import { notFound } from '../errors.ts';
import {
  BODY_RESPONSES,
  COMMON_RESPONSES,
  problemResponse,
  validationOrProblemResponse,
  validationResponse,
} from '../http/rest/error-responses.ts';
import { unquoteIdempotencyKey } from '../http/rest/idempotency-key.ts';
import { type Problem, problemOfError, sendProblem } from '../http/rest/problem.ts';
import { parseId } from '../input-checks.ts';
import { BOOKING_ID_PARAMS, bookingOut, bookRequest, IDEMPOTENCY_KEY_HEADERS } from './booking.bodies.ts';
import type { BookingUseCases } from './booking-use-cases.ts';
import { BookingNotCancellable } from './cancel-booking.ts';
import { eventNotFound, idempotencyKeyReused, REFUSAL_STATUS, type Refusal, soldOut } from './refusals.ts';

export const BOOKING_NOT_CANCELLABLE = 'BOOKING_NOT_CANCELLABLE';

const tags = ['bookings'];

export const BOOKED_RESPONSE = {
  description: 'Successful Response',
  $ref: 'BookingOut#',
  headers: {
    'Idempotency-Replayed': {
      type: 'string',
      enum: ['true'],
      description: 'Present when an earlier request with the same key made the booking.',
    },
  },
} as const;

const bookTicket = {
  tags,
  summary: 'Book Ticket',
  description: 'Books places of an event. Send an Idempotency-Key, so that a repeat cannot book twice.',
  operationId: 'book_ticket_book_post',
  headers: IDEMPOTENCY_KEY_HEADERS,
  response: {
    200: BOOKED_RESPONSE,
    ...BODY_RESPONSES,
    404: problemResponse('There is no such event.', problemOfRefusal(eventNotFound())),
    409: problemResponse(
      'Sold out, not on sale, longer held than the event lets, or more than one booking or user may have; `code` says which.',
      problemOfRefusal(soldOut(0)),
    ),
    422: validationOrProblemResponse(
      'Validation Error, or an Idempotency-Key that was used for another request.',
      problemOfRefusal(idempotencyKeyReused()),
    ),
    ...COMMON_RESPONSES,
  },
};

/** A booking is read with its tickets, which bookings know nothing of. */
export const BOOKING_ROUTE = {
  tags,
  summary: 'Get Booking',
  description: 'One booking, how far it is, and its tickets.',
  operationId: 'get_booking_booking__booking_id__get',
  params: BOOKING_ID_PARAMS,
  response: {
    200: { description: 'Successful Response', $ref: 'BookingOut#' },
    404: problemResponse('There is no such booking.', problemOfError(notFound('Booking'))),
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

const cancelBooking = {
  ...BOOKING_ROUTE,
  summary: 'Cancel Booking',
  description: 'Gives the places back, once. A cancelled booking is answered unchanged.',
  operationId: 'cancel_booking_booking__booking_id__cancel_post',
  response: {
    ...BOOKING_ROUTE.response,
    ...BODY_RESPONSES,
    409: problemResponse(
      'The booking failed or expired, and holds nothing to give back.',
      notCancellable(new BookingNotCancellable('FAILED')),
    ),
  },
};

export interface BookingId {
  Params: z.output<typeof BOOKING_ID_PARAMS>;
}

interface Order {
  Body: z.output<ReturnType<typeof bookRequest>>;
  Headers: { 'idempotency-key'?: string };
}

/** @param tokens whether a token says who books */
export function bookingRoutes(rest: FastifyInstance, use: BookingUseCases, tokens: boolean): void {
  rest.post<Order>(
    '/book',
    {
      schema: { ...bookTicket, body: bookRequest(tokens) },
      preValidation: unquoteIdempotencyKey,
      config: { operation: 'bookTicket' },
    },
    async ({ body, headers, viewer }, reply) => {
      const outcome = await use.bookTicket({
        eventId: body.event_id,
        userId: actingFor(viewer, 'bookTicket', body.user_id === undefined ? null : String(body.user_id)),
        quantity: body.quantity,
        holderName: body.holder_name,
        email: body.email,
        holdSeconds: body.hold_seconds,
        idempotencyKey: headers['idempotency-key'],
      });
      if (outcome.kind === 'refused') return sendProblem(reply, problemOfRefusal(outcome));
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      return bookingOut(outcome.booking);
    },
  );

  const cancelling = { schema: cancelBooking, config: { operation: 'cancelBooking' } };
  rest.post<BookingId>('/booking/:booking_id/cancel', cancelling, async ({ params, viewer }, reply) => {
    try {
      const owner = requiredOwner(viewer, 'cancelBooking');
      return bookingOut(await use.cancelBooking(parseId(params.booking_id), owner));
    } catch (error) {
      if (error instanceof BookingNotCancellable) return sendProblem(reply, notCancellable(error));
      throw error;
    }
  });
}

function notCancellable({ message: detail }: BookingNotCancellable): Problem {
  return { status: 409, code: BOOKING_NOT_CANCELLABLE, detail };
}

export function problemOfRefusal(refusal: Refusal): Problem {
  return { ...refusal, status: REFUSAL_STATUS[refusal.code], detail: refusal.message };
}
