import type { Config } from '../config.ts';
import { assertMigrated } from '../migrations/migrate.ts';
import { openDatabase } from '../migrations/schema.ts';
import { type VerifyProgress, verify } from '../reports/verify.ts';

const PROGRESS_AFTER_MS = 2_000;

/** Prints every broken promise with its rows, and then exits with 1. */
export async function runVerify(config: Config): Promise<void> {
  const db = await openDatabase(config.database, { patient: true, mustExist: true });
  try {
    await assertMigrated(db);
    const findings = await verify(db, progressAfter(PROGRESS_AFTER_MS));
    for (const { promise, rows } of findings) console.log(`BROKEN ${promise}: ${rows.join(', ')}`);
    if (findings.length > 0) process.exitCode = 1;
    else console.log('all promises hold');
  } finally {
    await db.close();
  }
}

/** Progress on standard error, once a second, of what takes longer than `ms`. */
function progressAfter(ms: number): (progress: VerifyProgress) => void {
  let next = performance.now() + ms;
  return ({ checked, total }) => {
    if (performance.now() < next) return;
    next = performance.now() + 1_000;
    console.error(`checked ${checked} of ${total} bookings`);
  };
}
