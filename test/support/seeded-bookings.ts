import type { Database } from '../../src/platform/database.ts';

/** So long that the buffers of a connection are full after some thousands of them. */
const LONG_NAME = '李'.repeat(200);

/** FAILED bookings of an event, which hold no places, by one statement. */
export async function seedBookings(db: Database, eventId: number, count: number): Promise<void> {
  const [rows, now] =
    db.kind === 'postgresql'
      ? [`generate_series(1, ${count}) as rows(i)`, 'now()']
      : [
          `(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}) select i from n) as rows`,
          '0',
        ];
  await db.em().execute(`insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version,
      created_at, updated_at, holder_name, failure_reason)
    select 'seeded-' || i, ${eventId}, 'buyer-' || i, 1, 'FAILED', 'x', 2, ${now}, ${now}, '${LONG_NAME}', 'none' from ${rows}`);
}
