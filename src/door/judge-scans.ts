import type { BookingStatus } from '../bookings/booking-status.ts';
import type { Ticket } from '../tickets/ticket.entity.ts';
import { alreadyRedeemed, cancelled, notFinalized, unknownTicket, wrongEvent } from './check-in-refusals.ts';
import type { CheckInUndo } from './check-in-undo.entity.ts';
import type { CheckInOutcome, Scan } from './scan.ts';

/** All that is known of a ticket at one moment. */
export interface DoorTicket {
  readonly ticket: Ticket;
  readonly eventId: number;
  readonly bookingStatus: BookingStatus;
  /** In the order in which they were made. */
  readonly undos: readonly Pick<CheckInUndo, 'undoneAt' | 'device' | 'nonce' | 'redeemedAt'>[];
}

export type DoorTickets = ReadonlyMap<string, DoorTicket>;

export interface Judgement {
  /** In the order of the scans; true once the redemptions are written. */
  readonly outcomes: readonly CheckInOutcome[];
  readonly redemptions: readonly RedeemedTicket[];
}

/** A ticket as it was seen, and as a scan leaves it. */
export interface RedeemedTicket {
  readonly seen: Ticket;
  readonly becomes: Ticket & { readonly redeemedAt: Date };
}

/**
 * Decides on scans at the door of an event, one after the other. Pure.
 * Whoever comes first redeems. Of scans made without a network the earliest counts, so they come here in the order of
 * their times, and one of them takes the place of a later one that was sent in before; never of one made online.
 * An undo speaks of all that was scanned before it: none of that redeems any more, however late it is sent in.
 * @param known by their codes
 */
export function judgeScans(eventId: number, scans: readonly Scan[], known: DoorTickets): Judgement {
  const redeemed = new Map<string, RedeemedTicket>();
  const outcomes = scans.map((scan): CheckInOutcome => {
    const seen = known.get(scan.code);
    if (!seen) return scan.forAnotherEvent ? wrongEvent(null) : unknownTicket();
    const ticket = redeemed.get(scan.code)?.becomes ?? seen.ticket;
    const refused = scan.forAnotherEvent ? wrongEvent(ticket) : judge(eventId, scan, { ...seen, ticket });
    if (refused) return refused;
    const becomes = redeem(ticket, scan);
    redeemed.set(scan.code, { seen: seen.ticket, becomes });
    return { kind: 'checked-in', ticket: becomes, replayed: false };
  });
  return { outcomes, redemptions: [...redeemed.values()] };
}

/** @returns null when the scan redeems the ticket */
function judge(eventId: number, scan: Scan, found: DoorTicket): CheckInOutcome | null {
  const { ticket, undos } = found;
  if (found.eventId !== eventId) return wrongEvent(ticket);
  if (madeBy(scan, ticket.redeemedByDevice, ticket.redeemedNonce) || undos.some((undo) => isOf(scan, undo))) {
    return { kind: 'checked-in', ticket, replayed: true };
  }
  if (found.bookingStatus === 'CANCELLED') return cancelled(ticket);
  if (found.bookingStatus !== 'FINALIZED') return notFinalized(ticket);
  const setBack = scan.offline ? undos.find(({ undoneAt }) => undoneAt >= scan.at) : undefined;
  if (ticket.redeemedAt && (setBack || !takesItsPlace(scan, ticket, ticket.redeemedAt))) return alreadyRedeemed(ticket);
  if (setBack) return alreadyRedeemed(ticket, { at: setBack.redeemedAt, deviceId: setBack.device ?? null });
  return null;
}

function isOf(scan: Scan, { device, nonce }: DoorTicket['undos'][number]): boolean {
  return madeBy(scan, device, nonce);
}

function madeBy(scan: Scan, device: string | null | undefined, nonce: string | null | undefined): boolean {
  return scan.deviceId === device && scan.nonce === nonce;
}

function takesItsPlace(scan: Scan, { redeemedOffline }: Ticket, redeemedAt: Date): boolean {
  return scan.offline && redeemedOffline && scan.at < redeemedAt;
}

function redeem(ticket: Ticket, { at, deviceId, nonce, offline }: Scan): RedeemedTicket['becomes'] {
  return {
    ...ticket,
    redeemedAt: at,
    redeemedByDevice: deviceId,
    redeemedNonce: nonce,
    redeemedOffline: offline,
    version: ticket.version + 1,
  };
}
