import { sql } from 'kysely';
import { pendingSince } from '../finalization/pending-bookings.ts';
import type { Database } from '../platform/database.ts';
import { checkBookings, type VerifyProgress } from './check-bookings.ts';
import { checkCancelledEvents } from './check-cancelled-events.ts';
import { checkCounters, versionsOfEvents } from './check-counters.ts';
import { checkWaitedForEvents } from './check-waited-for-events.ts';
import { checkEntries } from './check-waiting-list.ts';
import { type Finding, Findings, MAX_ROWS_NAMED } from './findings.ts';

const NEVER_PENDING_FOR_LONG = 'a PENDING booking becomes FINALIZED or FAILED within two hours';
/**
 * No worker that runs needs so long: the age and the interval of the sweeper are 20 minutes at the most, five tries of the
 * slowest issuer 75, and an hour more or less is what the clock of the process may have been wrong by that wrote the time.
 */
const MAX_PENDING_MS = 2 * 3_600_000;

/**
 * Checks the promises over the whole database, while others sell. No look at it is long: behind one that is, SQLite's log
 * and PostgreSQL's dead rows grow. Memory does not grow with the bookings.
 * @param onProgress called between two looks
 * @returns one finding per broken promise, none when all hold
 */
export async function verify(
  db: Database,
  onProgress: (progress: VerifyProgress) => void | Promise<void> = () => undefined,
): Promise<Finding[]> {
  const findings = new Findings();
  const before = await versionsOfEvents(db);
  const sums = await checkBookings(db, findings, onProgress);
  await checkCounters(db, before, sums, findings);
  await checkCancelledEvents(db, findings);
  await checkEntries(db, findings);
  await checkWaitedForEvents(db, findings);
  findings.note(NEVER_PENDING_FOR_LONG, 'booking', await pendingForLong(db));
  return findings.all;
}

async function pendingForLong(db: Database): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from bookings where status = 'PENDING' and ${pendingSince} < ${db.fromNow(-MAX_PENDING_MS)}
    order by id limit ${MAX_ROWS_NAMED}`.execute(db.em().getKysely());
  return rows.map((row) => row.id);
}
