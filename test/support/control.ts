import type { Database } from '../../src/platform/database.ts';

/**
 * Everybody reads before anybody writes: the interleaving that hurts, every time and on every machine. Control tests
 * use it to show that the race they guard against is real.
 */
export async function everybodyReadsFirst<T>(
  count: number,
  read: () => Promise<T>,
  write: (seen: T) => Promise<unknown>,
): Promise<void> {
  const seen = await Promise.all(Array.from({ length: count }, read));
  await Promise.all(seen.map(write));
}

/** The first column of the only row, as a number. */
export async function readNumber(db: Database, sql: string, parameters: readonly unknown[] = []): Promise<number> {
  const [row] = await db.em().execute<Record<string, unknown>[]>(sql, [...parameters]);
  return Number(Object.values(row ?? {})[0]);
}
