import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { Booking } from './booking.entity.ts';
import type { TicketOrder } from './ticket-order.ts';

export interface InsertedRow {
  readonly id: number;
  readonly reference: string;
  readonly expires: Date | string | number | null;
}

/** Further columns of the rows, each after a comma, and what is in them. */
interface MoreColumns {
  readonly columns: RawBuilder<unknown>;
  readonly values: RawBuilder<unknown>;
}

const NO_MORE: MoreColumns = { columns: sql``, values: sql`` };

/** One statement for the whole group; rows whose reference or idempotency key is taken are left out. */
export async function insertBookings(
  db: Database,
  tx: SqlEntityManager,
  eventId: number,
  requests: readonly TicketOrder[],
  now: Date,
  more = NO_MORE,
): Promise<Map<string, InsertedRow>> {
  const at = db.timestamp(now);
  const rows = requests.map(({ reference, userId, quantity, idempotencyKey, fingerprint, ...details }) => {
    // What is undefined is left out of the JSON, and null in the row.
    const [holderName, email] = [details.holderName ?? undefined, details.email ?? undefined];
    const holdMs = details.holdSeconds === null ? undefined : details.holdSeconds * 1_000;
    const entryId = details.waitingListEntryId ?? undefined;
    return { reference, userId, quantity, idempotencyKey, fingerprint, holderName, email, holdMs, entryId };
  });
  const source = db.jsonRows(rows, {
    reference: 'text',
    userId: 'text',
    quantity: 'integer',
    idempotencyKey: 'text',
    fingerprint: 'text',
    holderName: 'text',
    email: 'text',
    holdMs: 'integer',
    entryId: 'integer',
  });
  const inserted = await sql<InsertedRow>`
    insert into bookings (reference, event_id, user_id, quantity, status, expires_at, idempotency_key, fingerprint, holder_name, email, waiting_list_entry_id, version, created_at, updated_at ${more.columns})
    select reference, cast(${eventId} as integer), ${sql.ref('userId')}, quantity,
      case when ${sql.ref('holdMs')} is null then 'PENDING' else 'HELD' end, ${db.fromNow(sql.ref('holdMs'))},
      ${sql.ref('idempotencyKey')}, fingerprint, ${sql.ref('holderName')}, email, ${sql.ref('entryId')}, 1, ${at}, ${at} ${more.values}
    from ${source} where true
    on conflict do nothing
    returning id, reference, expires_at as expires`.execute(tx.getKysely());
  return new Map(inserted.rows.map((row) => [row.reference, row]));
}

/** The booking as it was written. */
export function newBooking({ id, expires }: InsertedRow, request: TicketOrder, now: Date): Booking {
  const { holdSeconds, ...order } = request;
  return {
    ...order,
    id,
    status: holdSeconds === null ? 'PENDING' : 'HELD',
    expiresAt: expires === null ? null : new Date(expires),
    confirmedAt: null,
    confirmationKey: null,
    paymentReference: null,
    failureReason: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    finalizedAt: null,
    mailStatus: null,
    mailError: null,
  } as Booking;
}
