import { Malformed, orMalformed } from '../audit/findings.ts';
import { checkIntegrity } from '../audit/integrity.ts';
import { readConfig } from '../config.ts';
import { openDatabase } from '../migrations/open-database.ts';
import type { Database } from '../platform/database.ts';

/**
 * Checks a fresh copy that nobody else uses, then does `also` with it, and leaves it as one file, without a log beside it.
 * @param origin what it is a copy of, for the error
 * @throws Error when it is malformed
 */
export async function checkCopy<T>(copy: string, origin: string, also: (db: Database) => Promise<T>): Promise<T> {
  try {
    return await orMalformed(async () => {
      const db = await openDatabase(readConfig({ DATABASE_URL: `sqlite:${copy}` }).database, {
        patient: true,
        mustExist: true,
      });
      try {
        await checkIntegrity(db, { thorough: true });
        const result = await also(db);
        await db.em().execute('pragma journal_mode = delete');
        return result;
      } finally {
        await db.close();
      }
    });
  } catch (error) {
    throw error instanceof Malformed ? new Error(`${origin} is malformed: ${error.message}`, { cause: error }) : error;
  }
}
