import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { Booking } from './booking.entity.ts';
import { BookingQueries } from './booking-queries.ts';
import { nobody } from './nobody.ts';
import { eraseEntries } from './offers/erase-entries.ts';

/** So few that nobody waits long for their rows. */
const ERASED_AT_ONCE = 500;

/** What no longer says whose it was. */
export interface Erased {
  readonly bookings: number;
  /** Of them had a name. */
  readonly names: number;
  /** Of them had an e-mail address. */
  readonly addresses: number;
  /** Of them had an idempotency key. */
  readonly keys: number;
  /** Of waiting lists. */
  readonly entries: number;
}

/**
 * Takes out of a user's bookings, and of their entries of waiting lists, who it was; places, states and tickets stay. Each gets a user of its own,
 * so nothing tells that two of them were one person's. In groups that are transactions of their own: others sell meanwhile,
 * and one that was stopped is taken up by the next. docs/decisions/0013-erased-bookings-are-nobodys.md
 */
export async function eraseUser(db: Database, userId: string, at = new Date()): Promise<Erased> {
  const bookings = new BookingQueries(db);
  // First: what is offered to them until then is among the bookings.
  const entries = await eraseEntries(db, userId, at);
  let erased: Erased = { bookings: 0, names: 0, addresses: 0, keys: 0, entries };
  for (;;) {
    const { items } = await bookings.page({ userId }, { size: ERASED_AT_ONCE, before: null });
    if (items.length === 0) return erased;
    const done = await db.transaction('erase', (tx) => blank(db, tx, userId, items));
    const those = items.filter(({ id }) => done.has(id));
    erased = {
      ...erased,
      bookings: erased.bookings + those.length,
      names: erased.names + those.filter(({ holderName }) => holderName != null).length,
      addresses: erased.addresses + those.filter(({ email }) => email != null).length,
      keys: erased.keys + those.filter(({ idempotencyKey }) => idempotencyKey !== null).length,
    };
  }
}

/** As with `statusOfFound`: the bookings are found by their ids. */
const userOfFound = sql`user_id || ''`;

/**
 * A mail that is owed goes with its address; one that is just being sent is not called back. The version stays: it counts the moves of a booking, and this is none. The fingerprint goes with the key; it has a trace of
 * the name.
 */
async function blank(
  db: Database,
  tx: SqlEntityManager,
  userId: string,
  bookings: readonly Booking[],
): Promise<ReadonlySet<number>> {
  const rows = bookings.map(({ id }) => ({ bookingId: id, nobody: nobody() }));
  const source = db.jsonRows(rows, { bookingId: 'integer', nobody: 'text' });
  const ids = db.oneOf(bookings.map(({ id }) => id));
  const written = await sql<{ id: number }>`
    with held as materialized (
      select rows.* from ${source} cross join bookings
      where bookings.id ${ids} and bookings.id = rows.${sql.ref('bookingId')} and ${userOfFound} = ${userId}
      ${db.held({ own: 'bookings' })})
    update bookings set user_id = held.nobody, holder_name = null, idempotency_key = null, fingerprint = 'erased',
      email = null, mail_status = null, mail_error = null, mail_attempts = 0, mail_due_at = null,
      confirmation_key = null, payment_reference = null
    from held where bookings.id ${ids} and bookings.id = held.${sql.ref('bookingId')}
    returning bookings.id`.execute(tx.getKysely());
  return new Set(written.rows.map(({ id }) => id));
}
