import type { MikroORM } from '@mikro-orm/sqlite';

const DAY_MS = 86_400_000;
/**
 * SQLite counts every entry of every index, whatever `analysis_limit` says, and nobody is answered or may write meanwhile:
 * 10 ms for a file of this size, 150 ms for two million bookings. What it found in a smaller one stays good enough.
 */
const MAX_BYTES = 32 * 1_048_576;
/** Entries of an index that are looked at besides. */
const ANALYSIS_LIMIT = 400;
/** Also tables that this connection has not read yet. https://www.sqlite.org/pragma.html#pragma_optimize */
const ALL_TABLES = '0x10002';

/**
 * Gives SQLite's planner its statistics, now and every day, while the file is small. What a request asks names its index
 * and does without.
 * @returns a function that ends it
 */
export async function keepStatistics(orm: MikroORM, onWarning: (message: string) => void): Promise<() => void> {
  const optimize = async (tables: string) => {
    try {
      const em = orm.em.fork();
      if ((await fileBytes(orm)) > MAX_BYTES) return;
      await em.execute(`pragma analysis_limit = ${ANALYSIS_LIMIT}`);
      await em.execute(`pragma optimize${tables}`);
    } catch (error) {
      onWarning(`SQLite's statistics could not be brought up to date, the next day will: ${error}`);
    }
  };
  await optimize(` = ${ALL_TABLES}`);
  const timer = setInterval(() => void optimize(''), DAY_MS).unref();
  return () => clearInterval(timer);
}

async function fileBytes(orm: MikroORM): Promise<number> {
  const [size] = await orm.em
    .fork()
    .execute<{ bytes: number }[]>(
      'select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()',
    );
  return size?.bytes ?? 0;
}
