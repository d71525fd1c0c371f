import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { notFound } from '../errors.ts';
import { EVENT_ID_PARAMS } from '../events/event.requests.ts';
import { findEvent } from '../events/event.routes.ts';
import {
  BODY_RESPONSES,
  COMMON_RESPONSES,
  problemResponse,
  validationOrProblemResponse,
  validationResponse,
} from '../http/rest/error-responses.ts';
import { type Problem, problemOfError, sendProblem } from '../http/rest/problem.ts';
import { parseId } from '../input-checks.ts';
import { badSignature, CHECK_IN_REFUSAL_STATUS, type CheckInRefusal, unknownTicket } from './check-in-refusals.ts';
import { checkInStats } from './check-in-stats.ts';
import { checkInResultOut, checkInStatsOut, doorTicketOut } from './door.bodies.ts';
import { CHECK_IN_BATCH_REQUEST, CHECK_IN_REQUEST, UNDO_CHECK_IN_REQUEST } from './door.requests.ts';
import type { DoorUseCases } from './door-use-cases.ts';

const tags = ['door'];

const checkIn = {
  tags,
  summary: 'Check In',
  description:
    'Uses a ticket, exactly once: give its code or its QR payload. A repeat with the same nonce is answered the same.',
  operationId: 'check_in',
  body: CHECK_IN_REQUEST,
  response: {
    200: { description: 'The ticket lets its holder in.', $ref: 'CheckedInOut#' },
    ...BODY_RESPONSES,
    404: problemResponse('There is no such ticket.', problemOfRefusal(unknownTicket())),
    409: problemResponse(
      'Used before (`redeemed_at` and `device_id` say when and where), cancelled, for another event, or not final; `code` says which.',
      {
        status: 409,
        code: 'ALREADY_REDEEMED',
        detail: 'This ticket was used before.',
        redeemedAt: new Date('2026-11-27T18:30:00Z'),
        deviceId: 'gate-3',
      },
    ),
    422: validationOrProblemResponse(
      'Validation Error, or a QR payload that is none of this box office.',
      problemOfRefusal(badSignature()),
    ),
    ...COMMON_RESPONSES,
  },
};

const checkInBatch = {
  tags,
  summary: 'Check In Batch',
  description:
    'Uses tickets by scans that were made without a network. The earliest of a ticket wins, but never over one made online. ' +
    'Repeating it changes nothing.',
  operationId: 'check_in_batch',
  body: CHECK_IN_BATCH_REQUEST,
  response: {
    200: { description: 'What became of each scan.', $ref: 'CheckInBatchOut#' },
    ...BODY_RESPONSES,
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

const undoCheckIn = {
  tags,
  summary: 'Undo Check In',
  description:
    'Sets a used ticket back, so that it lets its holder in once more. One that is not used is answered unchanged.',
  operationId: 'undo_check_in',
  body: UNDO_CHECK_IN_REQUEST,
  response: {
    200: { description: 'The ticket.', $ref: 'DoorTicketOut#' },
    ...BODY_RESPONSES,
    404: problemResponse('There is no such ticket.', problemOfError(notFound('Ticket'))),
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

const stats = {
  tags,
  summary: 'Check In Stats',
  description: 'How many have come in.',
  operationId: 'check_in_stats',
  params: EVENT_ID_PARAMS,
  response: {
    200: { description: 'Successful Response', $ref: 'CheckInStatsOut#' },
    404: problemResponse('There is no such event.', problemOfError(notFound('Event'))),
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

/** @param batchLimitBytes of the body of a batch, which is longer than others */
export function doorRoutes(rest: FastifyInstance, use: DoorUseCases, batchLimitBytes: number): void {
  rest.post<{ Body: z.output<typeof CHECK_IN_REQUEST> }>(
    '/check-in',
    { schema: checkIn, config: { operation: 'checkIn' } },
    async ({ body }, reply) => {
      const { event_id: eventId, qr_payload: qrPayload, device_id: deviceId, code, nonce } = body;
      const outcome = await use.checkIn({ eventId, code, qrPayload, deviceId, nonce });
      if (outcome.kind === 'refused') return sendProblem(reply, problemOfRefusal(outcome));
      return { ticket: doorTicketOut(outcome.ticket), replayed: outcome.replayed };
    },
  );
  rest.post<{ Body: z.output<typeof CHECK_IN_BATCH_REQUEST> }>(
    '/check-in/batch',
    { schema: checkInBatch, config: { operation: 'checkInBatch' }, bodyLimit: batchLimitBytes },
    async ({ body }) => {
      const scans = body.scans.map(({ qr_payload: qrPayload, device_id: deviceId, nonce, scanned_at: scannedAt }) => {
        return { qrPayload, deviceId, nonce, scannedAt };
      });
      return { results: (await use.checkInBatch(body.event_id, scans)).map(checkInResultOut) };
    },
  );
  rest.post<{ Body: z.output<typeof UNDO_CHECK_IN_REQUEST> }>(
    '/check-in/undo',
    { schema: undoCheckIn, config: { operation: 'undoCheckIn' } },
    async ({ body }) => doorTicketOut(await use.undoCheckIn(parseId(body.ticket_id), body.reason)),
  );
  rest.get<{ Params: z.output<typeof EVENT_ID_PARAMS> }>(
    '/event/:event_id/check-in-stats',
    { schema: stats, config: { operation: 'checkInStats' } },
    async ({ params }) => checkInStatsOut(checkInStats(await findEvent(use.events, params.event_id))),
  );
}

function problemOfRefusal({ code, message, redeemedAt, deviceId }: CheckInRefusal): Problem {
  return { status: CHECK_IN_REFUSAL_STATUS[code], code, detail: message, redeemedAt, deviceId };
}
