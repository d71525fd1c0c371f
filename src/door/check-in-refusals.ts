import type { Ticket } from '../tickets/ticket.entity.ts';

export const CHECK_IN_REFUSAL_CODES = [
  'ALREADY_REDEEMED',
  'CANCELLED',
  'UNKNOWN_TICKET',
  'WRONG_EVENT',
  'NOT_FINALIZED',
  'BAD_SIGNATURE',
] as const;
export type CheckInRefusalCode = (typeof CHECK_IN_REFUSAL_CODES)[number];

/** Refusals are data in GraphQL; over REST they are these statuses. */
export const CHECK_IN_REFUSAL_STATUS: Readonly<Record<CheckInRefusalCode, number>> = {
  ALREADY_REDEEMED: 409,
  CANCELLED: 409,
  UNKNOWN_TICKET: 404,
  WRONG_EVENT: 409,
  NOT_FINALIZED: 409,
  BAD_SIGNATURE: 422,
};

/** An expected answer at the door that changed nothing. */
export interface CheckInRefusal {
  readonly kind: 'refused';
  readonly code: CheckInRefusalCode;
  readonly message: string;
  /** When the ticket was redeemed, and by which device; null when it was not. */
  readonly redeemedAt: Date | null;
  readonly deviceId: string | null;
  /** null when there is none, or it is not known. */
  readonly ticket: Ticket | null;
}

interface Redemption {
  readonly at: Date | null;
  readonly deviceId: string | null;
}

function refusal(
  code: CheckInRefusalCode,
  message: string,
  ticket: Ticket | null = null,
  by: Redemption = { at: ticket?.redeemedAt ?? null, deviceId: ticket?.redeemedByDevice ?? null },
): CheckInRefusal {
  return { kind: 'refused', code, message, redeemedAt: by.at, deviceId: by.deviceId, ticket };
}

/** @param by the redemption that stands, or that stood when the ticket was scanned; the ticket's own when absent */
export function alreadyRedeemed(ticket: Ticket, by?: Redemption): CheckInRefusal {
  return refusal('ALREADY_REDEEMED', 'This ticket was used before.', ticket, by);
}

export function cancelled(ticket: Ticket): CheckInRefusal {
  return refusal('CANCELLED', 'The booking of this ticket was cancelled.', ticket);
}

export function notFinalized(ticket: Ticket): CheckInRefusal {
  return refusal('NOT_FINALIZED', 'The booking of this ticket is not final.', ticket);
}

/** @param ticket null when it is known by its signature only */
export function wrongEvent(ticket: Ticket | null): CheckInRefusal {
  return refusal('WRONG_EVENT', 'This ticket is for another event.', ticket);
}

export function unknownTicket(): CheckInRefusal {
  return refusal('UNKNOWN_TICKET', 'There is no such ticket.');
}

export function badSignature(): CheckInRefusal {
  return refusal('BAD_SIGNATURE', 'This is no ticket of this box office.');
}
