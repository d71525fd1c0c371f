import type { MikroORM } from '@mikro-orm/sqlite';

const DAY_MS = 86_400_000;
/** Entries of an index that are looked at, so that a large table does not stop the process. */
const ANALYSIS_LIMIT = 400;
/** Also tables that this connection has not read yet. https://www.sqlite.org/pragma.html#pragma_optimize */
const ALL_TABLES = '0x10002';

/**
 * Gives SQLite's planner its statistics, now and every day. What a request asks names its index and does without them.
 * @returns a function that ends it
 */
export async function keepStatistics(orm: MikroORM, onWarning: (message: string) => void): Promise<() => void> {
  const optimize = async (tables: string) => {
    try {
      const em = orm.em.fork();
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
