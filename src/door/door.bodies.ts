import { timeOut } from '../http/rest/date-time.ts';
import type { Ticket } from '../tickets/ticket.entity.ts';
import { CHECK_IN_REFUSAL_CODES } from './check-in-refusals.ts';
import type { checkInStats } from './check-in-stats.ts';
import type { CheckInOutcome } from './scan.ts';

export const eventId = { type: 'integer', description: 'The event whose door it is.', examples: [1] } as const;
export const ticketId = { type: 'integer', description: 'The ticket.', examples: [1] } as const;
export const code = {
  type: 'string',
  description: 'The code of the ticket, as it is printed.',
  examples: ['7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ'],
} as const;
const redeemedAt = {
  type: ['string', 'null'],
  format: 'date-time',
  description: 'When the ticket was used, in UTC; null: it was not.',
} as const;
const deviceId = {
  type: ['string', 'null'],
  description: 'The scanner that let its holder in; null: none did.',
} as const;

const DOOR_TICKET_OUT = {
  $id: 'DoorTicketOut',
  type: 'object',
  required: ['id', 'booking_id', 'serial', 'code', 'redeemed_at'],
  properties: {
    id: ticketId,
    booking_id: { type: 'integer', description: 'The booking that it belongs to.', examples: [1] },
    serial: { type: 'integer', description: '1 to the quantity of the booking.', examples: [1] },
    code,
    redeemed_at: redeemedAt,
  },
} as const;

const CHECKED_IN_OUT = {
  $id: 'CheckedInOut',
  type: 'object',
  required: ['ticket', 'replayed'],
  properties: {
    ticket: { $ref: 'DoorTicketOut#' },
    replayed: {
      type: 'boolean',
      description: 'Whether the same scan, by its device and nonce, was answered so before.',
    },
  },
} as const;

const CHECKED_IN = 'CHECKED_IN';

const CHECK_IN_RESULT_OUT = {
  $id: 'CheckInResultOut',
  type: 'object',
  required: ['code', 'message', 'replayed', 'redeemed_at', 'device_id', 'ticket'],
  properties: {
    code: { type: 'string', enum: [CHECKED_IN, ...CHECK_IN_REFUSAL_CODES], description: 'Stable; for programs.' },
    message: { type: ['string', 'null'], description: 'Why not, for people; null when it lets its holder in.' },
    replayed: CHECKED_IN_OUT.properties.replayed,
    redeemed_at: redeemedAt,
    device_id: deviceId,
    ticket: { anyOf: [{ $ref: 'DoorTicketOut#' }, { type: 'null' }], description: 'null when there is none.' },
  },
} as const;

const CHECK_IN_BATCH_OUT = {
  $id: 'CheckInBatchOut',
  type: 'object',
  required: ['results'],
  properties: {
    results: { type: 'array', items: { $ref: 'CheckInResultOut#' }, description: 'In the order of the scans.' },
  },
} as const;

const CHECK_IN_STATS_OUT = {
  $id: 'CheckInStatsOut',
  type: 'object',
  required: ['event_id', 'ticket_count', 'redeemed_count'],
  properties: {
    event_id: { ...eventId, description: 'The event.' },
    ticket_count: { type: 'integer', description: 'Tickets of FINALIZED bookings.', examples: [2] },
    redeemed_count: {
      type: 'integer',
      description: 'Tickets that were used, also those of bookings that were cancelled after that.',
      examples: [1],
    },
  },
} as const;

export const DOOR_SCHEMAS = [
  DOOR_TICKET_OUT,
  CHECKED_IN_OUT,
  CHECK_IN_RESULT_OUT,
  CHECK_IN_BATCH_OUT,
  CHECK_IN_STATS_OUT,
];

export function doorTicketOut(ticket: Ticket) {
  return {
    id: ticket.id,
    booking_id: ticket.bookingId,
    serial: ticket.serial,
    code: ticket.code,
    redeemed_at: timeOut(ticket.redeemedAt),
  };
}

export function checkInResultOut(outcome: CheckInOutcome) {
  const { ticket } = outcome;
  const refused = outcome.kind === 'refused' ? outcome : null;
  const by = refused ?? { redeemedAt: ticket?.redeemedAt, deviceId: ticket?.redeemedByDevice };
  return {
    code: refused?.code ?? CHECKED_IN,
    message: refused?.message ?? null,
    replayed: outcome.kind === 'checked-in' && outcome.replayed,
    redeemed_at: timeOut(by.redeemedAt),
    device_id: by.deviceId ?? null,
    ticket: ticket && doorTicketOut(ticket),
  };
}

export function checkInStatsOut({ eventId: event_id, ticketCount, redeemedCount }: ReturnType<typeof checkInStats>) {
  return { event_id, ticket_count: ticketCount, redeemed_count: redeemedCount };
}
