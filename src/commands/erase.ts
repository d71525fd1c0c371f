import { USER_ID } from '../auth/viewer.ts';
import { eraseUser } from '../bookings/erase-user.ts';
import type { Config } from '../config.ts';
import { check } from '../input-checks.ts';
import { assertMigrated } from '../migrations/migrate.ts';
import { openDatabase } from '../migrations/open-database.ts';

export interface EraseOptions {
  readonly user: string;
}

/** Takes out of the bookings of a user, and of their entries of waiting lists, who it was, and prints of how many; never of whom. */
export async function runErase({ database }: Config, { user }: EraseOptions): Promise<void> {
  const userId = check(USER_ID, user);
  const db = await openDatabase(database, { patient: true, mustExist: true });
  try {
    await assertMigrated(db);
    const { bookings, names, addresses, keys, entries } = await eraseUser(db, userId);
    const had = `${names} had a name, ${addresses} an e-mail address, ${keys} an idempotency key`;
    console.log(`${bookings} bookings no longer say whose they are; ${had}`);
    console.log(`${entries} entries of waiting lists no longer say whose they are`);
  } finally {
    await db.close();
  }
}
