import type { SqlEntityManager } from '@mikro-orm/sql';
import { MAX_INTEGER } from '../input-checks.ts';
import type { Database } from '../platform/database.ts';

/** Added to the ids that are known, when nobody knows how many were given out after a backup. */
export const UNKNOWN_IDS = 10_000_000;

export interface NextId {
  readonly table: string;
  /** The id that its next row gets, at least. */
  readonly next: number;
}

/** The last id that a table shall count as given out, from the last one it knows of. */
export type LastId = (table: string, known: number) => number;

/**
 * Lets the ids of every table go on after `lastId`, so that none which an earlier state of this database gave out is
 * given to somebody else. Never lowers one, also while others sell.
 * @throws Error when there would be no ids left
 */
export async function raiseIds(db: Database, lastId: LastId): Promise<NextId[]> {
  const raised: NextId[] = [];
  const counted = [...db.orm.getMetadata().getAll().values()].filter(
    ({ properties }) => properties['id']?.autoincrement,
  );
  const tables = counted.map(({ tableName }) => tableName);
  for (const table of tables.sort()) {
    // One table a transaction: whoever holds two locks can meet a booking that waits for them the other way round.
    const next = await db.transaction('raise-ids', (tx) =>
      db.kind === 'sqlite' ? raiseSqlite(tx, table, lastId) : raisePostgresql(tx, table, lastId),
    );
    if (next !== null) raised.push({ table, next });
  }
  return raised;
}

/** AUTOINCREMENT counts in `sqlite_sequence`, also for a table that only a later migration makes. */
async function raiseSqlite(tx: SqlEntityManager, table: string, lastId: LastId): Promise<number> {
  await tx.execute(
    'insert into sqlite_sequence (name, seq) select ?, 0 where not exists (select 1 from sqlite_sequence where name = ?)',
    [table, table],
  );
  const [row] = await tx.execute<{ seq: number }[]>('select seq from sqlite_sequence where name = ?', [table]);
  const last = bounded(table, row?.seq ?? 0, lastId);
  await tx.execute('update sqlite_sequence set seq = ? where name = ?', [last, table]);
  return last + 1;
}

async function raisePostgresql(tx: SqlEntityManager, table: string, lastId: LastId): Promise<number | null> {
  const [exists] = await tx.execute<{ sequence: string | null }[]>(
    "select case when to_regclass(?) is not null then pg_get_serial_sequence(?, 'id') end as sequence",
    [table, table],
  );
  const sequence = exists?.sequence;
  if (!sequence) return null;
  // Nobody draws an id between the look at the sequence and the change of it.
  await tx.execute(`lock table ${table} in share row exclusive mode`);
  const [row] = await tx.execute<{ known: string }[]>(
    `select greatest((select coalesce(max(id), 0) from ${table}),
       (select case when is_called then last_value else last_value - 1 end from ${sequence})) as known`,
  );
  const last = bounded(table, Number(row?.known), lastId);
  // An empty sequence cannot be set to 0.
  if (last > 0) await tx.execute('select setval(?::regclass, ?)', [sequence, last]);
  return last + 1;
}

function bounded(table: string, known: number, lastId: LastId): number {
  const last = Math.max(known, lastId(table, known));
  if (last < MAX_INTEGER) return last;
  throw new Error(`${table}: the ids end at ${MAX_INTEGER}, and cannot be raised to ${last}`);
}
