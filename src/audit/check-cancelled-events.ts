import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../platform/database.ts';
import { type Findings, MAX_ROWS_NAMED } from './findings.ts';

const NONE_HELD = 'a cancelled event has no booking that holds places once the worker is done with it';
const DONE_IN_TIME = 'the bookings of a cancelled event are cancelled within two hours';
/** Millions of bookings are cancelled in minutes; an hour more or less is what the clock may have been wrong by. */
const MAX_OWED_MS = 2 * 3_600_000;

/** Until the worker notes in the row of an event that it is done, its bookings are owed their cancellation, and not overdue. */
export async function checkCancelledEvents(db: Database, findings: Findings): Promise<void> {
  const cancelled = async (condition: RawBuilder<unknown>) => {
    const { rows } = await sql<{ id: number }>`
      select id from events where status = 'CANCELLED' and ${condition} order by id limit ${MAX_ROWS_NAMED}`.execute(
      db.em().getKysely(),
    );
    return rows.map(({ id }) => id);
  };
  const overdue = sql`bookings_cancelled_at is null and cancelled_at < ${db.fromNow(-MAX_OWED_MS)}`;
  findings.note(NONE_HELD, 'event', await cancelled(sql`bookings_cancelled_at is not null and booked_count > 0`));
  findings.note(DONE_IN_TIME, 'event', await cancelled(overdue));
}
