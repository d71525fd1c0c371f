import { sql } from 'kysely';
import type { Booking } from '../bookings/booking.entity.ts';
import { holdIsGood } from '../bookings/hold-time.ts';
import type { OfferParts } from '../bookings/offers/offer-free-places.ts';
import type { BookingOutcome } from '../bookings/ticket-order.ts';
import { transition } from '../bookings/transition.ts';
import { GroupCommit, type GroupCommitLimits, type GroupMember } from '../platform/group-commit.ts';
import { answerFor, type Confirmation } from './confirmation.ts';
import { type HoldParts, settled } from './own-hold.ts';

export type ConfirmationDesks = GroupCommit<number, Confirmation, BookingOutcome>;

/** Confirmations of one event are committed in groups, as its bookings are. */
export function createConfirmationDesks(parts: HoldParts, limits: GroupCommitLimits): ConfirmationDesks {
  return new GroupCommit(limits, async (_eventId, members) => {
    await confirmGroup(parts, members);
    return 0;
  });
}

type Member = GroupMember<Confirmation, BookingOutcome>;

async function confirmGroup(parts: HoldParts, members: readonly Member[]): Promise<void> {
  // Of several for one booking the first counts.
  const first = new Map(members.map((member) => [member.request.bookingId, member] as const).toReversed());
  const confirmed = await confirm(
    parts,
    [...first.values()].map(({ request }) => request),
    parts.now(),
  );
  parts.changed(confirmed);
  for (const booking of confirmed) first.get(booking.id)?.answer({ kind: 'booked', booking, replayed: false });
  const waiting = members.filter(({ answered }) => !answered);
  if (waiting.length === 0) return;
  const bookings = await settled(parts, [...new Set(waiting.map(({ request }) => request.bookingId))]);
  for (const member of waiting) {
    const { request } = member;
    member.answer(answerFor(bookings.get(request.bookingId) as Booking, request));
  }
}

/** The worker cancels what a cancelled event has, and meanwhile nobody should have paid for it. */
const eventIsNotCancelled = sql`exists (
  select 1 from events where events.id = bookings.event_id and events.status <> 'CANCELLED')`;

/** The guard. @returns those that were good holds, and are PENDING now */
function confirm(parts: OfferParts, confirmations: readonly Confirmation[], at: Date): Promise<Booking[]> {
  const { db } = parts;
  const rows = confirmations.map(({ bookingId, idempotencyKey, paymentReference }) => {
    // What is undefined is left out of the JSON, and null in the row.
    return { bookingId, key: idempotencyKey ?? undefined, payment: paymentReference ?? undefined };
  });
  return transition(parts, {
    ids: rows.map(({ bookingId }) => bookingId),
    onlyIf: sql`${holdIsGood(db)} and ${eventIsNotCancelled}`,
    to: 'PENDING',
    at,
    mails: false,
    details: {
      rows: db.jsonRows(rows, { bookingId: 'integer', key: 'text', payment: 'text' }),
      columns: sql`confirmation_key = rows.key, payment_reference = rows.payment`,
    },
  });
}
