import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../platform/database.ts';

/**
 * Whether the time of a hold is over, and whether it is not. The database's clock says so, in the statement that acts on it: no
 * worker has to have looked, and the clocks of the processes may be wrong.
 */
export const holdIsOver = (db: Database): RawBuilder<unknown> => sql`expires_at <= ${db.fromNow(0)}`;
export const holdIsGood = (db: Database): RawBuilder<unknown> => sql`expires_at > ${db.fromNow(0)}`;

/** When a hold ends that is good for so long from now. */
export function endOfHold(db: Database, seconds: number): RawBuilder<unknown> {
  return db.fromNow(seconds * 1_000);
}
