import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { requiredOwner } from '../auth/permissions.ts';
import { bookingOut, IDEMPOTENCY_KEY_HEADERS } from '../bookings/booking.bodies.ts';
import { BOOKED_RESPONSE, BOOKING_ROUTE, type BookingId, problemOfRefusal } from '../bookings/booking.routes.ts';
import { holdExpired, idempotencyKeyReused } from '../bookings/refusals.ts';
import type { BookingOutcome } from '../bookings/ticket-order.ts';
import { BODY_RESPONSES, problemResponse, validationOrProblemResponse } from '../http/rest/error-responses.ts';
import { unquoteIdempotencyKey } from '../http/rest/idempotency-key.ts';
import { sendProblem } from '../http/rest/problem.ts';
import { parseId } from '../input-checks.ts';
import { CONFIRMATION_RULES } from './confirm-booking.ts';
import { EXTENSION_RULES } from './extend-hold.ts';
import type { HoldUseCases } from './hold-use-cases.ts';

const CONFIRMATION = z
  .object({
    payment_reference: CONFIRMATION_RULES.shape.paymentReference
      .meta({ description: 'What the payment is known by at its provider.', examples: ['pay_3Q1Xw2'] })
      .optional(),
  })
  .meta({ title: 'BookingConfirmation' });

const EXTENSION = z
  .object({
    hold_seconds: EXTENSION_RULES.shape.holdSeconds.meta({
      description: "From now; at most the event's `max_hold_seconds`.",
      examples: [600],
    }),
  })
  .meta({ title: 'HoldExtension' });

const confirmBooking = {
  ...BOOKING_ROUTE,
  summary: 'Confirm Booking',
  description:
    'Books the places of a hold: HELD becomes PENDING, once. A booking that was confirmed is answered as it is now, whatever the key.',
  operationId: 'confirm_booking',
  headers: IDEMPOTENCY_KEY_HEADERS,
  body: CONFIRMATION,
  response: {
    ...BOOKING_ROUTE.response,
    200: BOOKED_RESPONSE,
    ...BODY_RESPONSES,
    409: problemResponse(
      'The hold is over, the booking is no hold, or its event is cancelled; `code` says which.',
      problemOfRefusal(holdExpired()),
    ),
    422: validationOrProblemResponse(
      'Validation Error, or an Idempotency-Key that was used for another payment.',
      problemOfRefusal(idempotencyKeyReused()),
    ),
  },
};

const extendHold = {
  ...BOOKING_ROUTE,
  summary: 'Extend Hold',
  description: 'Makes a hold end so many seconds from now, and never earlier than it would have ended.',
  operationId: 'extend_hold',
  body: EXTENSION,
  response: {
    ...BOOKING_ROUTE.response,
    ...BODY_RESPONSES,
    409: problemResponse(
      'The hold is over, the booking is no hold, that is longer than its event lets, or the event is cancelled; `code` says which.',
      problemOfRefusal(holdExpired()),
    ),
  },
};

interface Confirmation extends BookingId {
  Body: z.output<typeof CONFIRMATION>;
  Headers: { 'idempotency-key'?: string };
}

export function holdRoutes(rest: FastifyInstance, use: HoldUseCases): void {
  rest.post<Confirmation>(
    '/booking/:booking_id/confirm',
    { schema: confirmBooking, preValidation: unquoteIdempotencyKey, config: { operation: 'confirmBooking' } },
    async ({ params, body, headers, viewer }, reply) => {
      const confirmation = { idempotencyKey: headers['idempotency-key'], paymentReference: body.payment_reference };
      const owner = requiredOwner(viewer, 'confirmBooking');
      const outcome = await use.confirmBooking(parseId(params.booking_id), confirmation, owner);
      if (outcome.kind === 'booked' && outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      return answer(reply, outcome);
    },
  );
  rest.post<BookingId & { Body: z.output<typeof EXTENSION> }>(
    '/booking/:booking_id/extend-hold',
    { schema: extendHold, config: { operation: 'extendHold' } },
    async ({ params, body, viewer }, reply) => {
      const owner = requiredOwner(viewer, 'extendHold');
      return answer(reply, await use.extendHold(parseId(params.booking_id), body.hold_seconds, owner));
    },
  );
}

function answer(reply: FastifyReply, outcome: BookingOutcome) {
  return outcome.kind === 'booked' ? bookingOut(outcome.booking) : sendProblem(reply, problemOfRefusal(outcome));
}
