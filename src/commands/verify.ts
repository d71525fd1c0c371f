import type { Finding } from '../audit/findings.ts';
import { Malformed, orMalformed } from '../audit/findings.ts';
import { checkIntegrity } from '../audit/integrity.ts';
import { verify } from '../audit/verify.ts';
import type { Config } from '../config.ts';
import { assertMigrated } from '../migrations/migrate.ts';
import { openDatabase } from '../migrations/open-database.ts';
import { progressOfLongWork } from './progress.ts';

/**
 * Prints every broken promise with its rows, and then exits with 1.
 * @throws Error when the database itself is damaged
 */
export async function runVerify(config: Config): Promise<void> {
  const findings = await orMalformed(() => findingsOf(config)).catch((error: unknown) => {
    throw error instanceof Malformed
      ? new Error(`the database is malformed, restore a backup: ${error.message}`, { cause: error })
      : error;
  });
  for (const { promise, rows } of findings) console.log(`BROKEN ${promise}: ${rows.join(', ')}`);
  if (findings.length > 0) process.exitCode = 1;
  else console.log('all promises hold');
}

async function findingsOf(config: Config): Promise<Finding[]> {
  const db = await openDatabase(config.database, { patient: true, mustExist: true });
  try {
    await assertMigrated(db);
    const progress = progressOfLongWork();
    const damage = await checkIntegrity(db, { thorough: false });
    const broken = await verify(db, ({ checked, upToId, lastId }) =>
      progress(`checked ${checked} bookings, up to id ${upToId} of ${lastId}`),
    );
    return [...damage, ...broken];
  } finally {
    await db.close();
  }
}
