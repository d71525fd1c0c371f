import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { type Event, EventSchema, freePlaces, whyNotOnSale } from '../../events/event.entity.ts';
import { type Database, toEntities } from '../../platform/database.ts';
import { aboveLimits } from '../admission.ts';
import type { Booking } from '../booking.entity.ts';
import { limitMatters, placesOf, readPlacesByUser } from '../held-already.ts';
import { type InsertedRow, insertBookings, newBooking } from '../insert-bookings.ts';
import { owedForOffer } from '../owed-mail.ts';
import { newTicketOrder } from '../ticket-order.ts';
import { type Candidate, firstWhoFit, somebodyFits } from './first-waiting.ts';
import { moveWaiting } from './move-entries.ts';
import type { WaitingListEntry } from './waiting-list-entry.entity.ts';

/** So few that nobody waits long for their rows, or for SQLite's writer. */
const OFFERED_AT_ONCE = 500;
/** Looked at beyond those who fill the places, since some may get none. */
const SPARE = 10;

export interface OffersFrom {
  readonly db: Database;
  /** Whether this box office sends mails: an offer then owes its address one. */
  readonly mails: boolean;
}

/** What the waiting list got of the free places of an event. */
export interface Offers {
  /** As it is now. */
  readonly event: Event;
  /** HELD, each for an entry. */
  readonly made: readonly Booking[];
  /** Entries that were next and want more than the event allows: LAPSED, so that the list goes on. */
  readonly lapsed: readonly WaitingListEntry[];
}

/**
 * Offers free places of an event to whoever waits for them, those first who came first, as part of the transaction that has
 * given them back: nobody else sees them as free. Whoever wants more than there are is passed over, and stays where they are.
 * An event that is not on sale offers nothing. What is more than one transaction may do is owed by the event's row.
 * @param event its row, which this transaction has locked, as it is now
 */
export async function offerPlaces(
  { db, mails }: OffersFrom,
  tx: SqlEntityManager,
  event: Event,
  at: Date,
): Promise<Offers> {
  const places = freePlaces(event);
  const fits = whyNotOnSale(event, at) === null && places > 0 && (await fitsSomebody(db, tx, event.id, places));
  if (!fits && !event.offersOwed) return { event, made: [], lapsed: [] };
  const limit = Math.min(OFFERED_AT_ONCE, places + SPARE);
  const candidates = fits ? await firstWhoFit(db, tx, event.id, { places, limit }) : [];
  const chosen = choose(candidates, event, await placesHeld(db, tx, event, candidates));
  const lapsed = await moveWaiting(db, tx, chosen.aboveLimits, 'LAPSED', at);
  // Somebody who has just left is not among them.
  const entries = await moveWaiting(db, tx, chosen.served, 'OFFERED', at);
  const made = await holdPlaces({ db, mails }, tx, event, entries, at);
  return { event: await notePlaces(db, tx, event.id, placesOf(made)), made, lapsed };
}

async function fitsSomebody(db: Database, tx: SqlEntityManager, eventId: number, places: number): Promise<boolean> {
  const [row] = (
    await sql<{ fits: boolean | number }>`
    select ${somebodyFits(db, eventId, sql`${places}`)} as fits`.execute(tx.getKysely())
  ).rows;
  return Boolean(row?.fits);
}

/** Places that the candidates have of the event by now, as far as it limits them. */
async function placesHeld(db: Database, tx: SqlEntityManager, event: Event, candidates: readonly Candidate[]) {
  const most = event.bookedCount + Math.max(0, ...candidates.map(({ quantity }) => quantity));
  const limited = candidates.length > 0 && limitMatters(event, most);
  return limited ? readPlacesByUser(db, event, candidates, tx) : new Map<string, number>();
}

/** Places only become fewer, so whoever does not fit now fits no later candidate's turn either. */
function choose(candidates: readonly Candidate[], event: Event, held: ReadonlyMap<string, number>) {
  const served: number[] = [];
  const tooMany: number[] = [];
  let left = freePlaces(event);
  for (const candidate of candidates) {
    if (candidate.quantity > left) continue;
    if (aboveLimits(candidate, event, held.get(candidate.userId) ?? 0)) {
      tooMany.push(candidate.id);
    } else {
      served.push(candidate.id);
      left -= candidate.quantity;
    }
  }
  return { served, aboveLimits: tooMany };
}

async function holdPlaces(
  { db, mails }: OffersFrom,
  tx: SqlEntityManager,
  event: Event,
  entries: readonly WaitingListEntry[],
  at: Date,
): Promise<Booking[]> {
  if (entries.length === 0) return [];
  const holdSeconds = event.waitingListOfferSeconds;
  const orders = entries.map(({ id, eventId, userId, quantity, ...details }) => {
    const [holderName, email] = [details.holderName ?? null, details.email ?? null];
    return newTicketOrder({ eventId, userId, quantity, holderName, email, holdSeconds, idempotencyKey: null }, id);
  });
  const inserted = await insertBookings(db, tx, event.id, orders, at, owedForOffer(db, mails));
  return orders.map((order) => ({
    ...newBooking(inserted.get(order.reference) as InsertedRow, order, at),
    mailStatus: order.email === null ? null : mails ? 'OWED' : 'NOT_OWED',
  }));
}

/** Counts what was offered, and notes whether there is more to offer. */
async function notePlaces(db: Database, tx: SqlEntityManager, eventId: number, places: number): Promise<Event> {
  const written = await sql<object>`
    update events set booked_count = booked_count + ${places}, held_count = held_count + ${places},
      offers_owed = ${somebodyFits(db, eventId, sql`capacity - booked_count - ${places}`)}, version = version + 1
    where id = ${eventId} returning *`.execute(tx.getKysely());
  return toEntities(tx, EventSchema, written.rows)[0] as Event;
}
