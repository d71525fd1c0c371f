import { sql } from 'kysely';
import type { Announce, AnnounceEntries } from '../bookings/live/update-hints.ts';
import { moveWaiting } from '../bookings/offers/move-entries.ts';
import type { OfferParts } from '../bookings/offers/offer-free-places.ts';
import type { EntryNow, WaitingListQueries } from '../bookings/offers/waiting-list-queries.ts';
import { statusOfFound, transition } from '../bookings/transition.ts';
import { notFound } from '../errors.ts';

export interface LeaveParts extends OfferParts {
  readonly entries: WaitingListQueries;
  readonly announce: Announce;
  readonly announceEntries: AnnounceEntries;
  readonly now: () => Date;
  /** Whether this box office sends mails. */
  readonly mails: boolean;
}

/**
 * Takes somebody off a waiting list. What is offered to them goes to whoever is next, in the same transaction. An entry that
 * has ended, or whose offer was confirmed meanwhile, is returned unchanged.
 * @param requiredOwner the user it must belong to; null: anybody's
 * @throws BoxOfficeError NOT_FOUND
 */
export async function leaveWaitingList(
  parts: LeaveParts,
  id: number | null,
  requiredOwner: string | null,
): Promise<EntryNow> {
  const { entries } = parts;
  const entry = await entries.find(id, requiredOwner);
  if (!entry) throw notFound('Waiting list entry');
  if (entry.status === 'WAITING' && (await stopWaiting(parts, entry))) return find(entries, entry);
  // It is offered something, perhaps since this very moment.
  const [offer] = await entries.offers([entry.id]);
  if (offer?.status === 'HELD') await giveBack(parts, offer.id);
  await parts.db.durable();
  return find(entries, entry);
}

async function find(entries: WaitingListQueries, { id }: EntryNow): Promise<EntryNow> {
  return (await entries.find(id)) as EntryNow;
}

/** @returns whether it was WAITING still */
async function stopWaiting({ db, now, announceEntries }: LeaveParts, { id, eventId }: EntryNow): Promise<boolean> {
  const left = await db.transaction('leave', (tx) => moveWaiting(db, tx, [id], 'LEFT', now()));
  if (left.length > 0) announceEntries(eventId, left);
  return left.length > 0;
}

/** Whoever confirms the offer at the same moment keeps it. */
async function giveBack(parts: LeaveParts, bookingId: number): Promise<void> {
  const onlyIf = sql`${statusOfFound} = 'HELD'`;
  const { mails } = parts;
  parts.announce(await transition(parts, { ids: [bookingId], onlyIf, to: 'CANCELLED', at: parts.now(), mails }));
}
