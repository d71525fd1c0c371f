import { chmodSync, chownSync, existsSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { connectSqlite, type SqliteConnection } from '../platform/sqlite/sqlite-connection.ts';
import { copySqlite } from '../platform/sqlite/sqlite-copy.ts';
import type { CheckedCopyWatch } from './backup.ts';
import { assertBoxOffice, assertKnownVersion, newestBooking } from './box-office-file.ts';
import { checkCopy } from './check-copy.ts';
import { type FormerDatabase, takeOver } from './former-database.ts';
import { removeSideFiles, withNewFile } from './new-file.ts';
import { type LastId, type NextId, raiseIds, UNKNOWN_IDS } from './raise-ids.ts';

export interface Restored {
  /** The name under which the database of before is kept; null when there was none. */
  readonly asideAs: string | null;
  readonly nextIds: readonly NextId[];
  /** Whether the ids go on a long way above those that are known, because nobody knows what was given out after the backup. */
  readonly leapt: boolean;
}

export interface RestoreOptions extends CheckedCopyWatch {
  /** The ids up to this one are given out, whoever else may know of them. */
  readonly idsAbove: number | null;
  readonly now: Date;
}

/**
 * Puts the database of `backup` in the place of the SQLite database `file`, which is kept under another name. All that can
 * be wrong with the backup is found before that; and at every moment there is one database or the other under `file`.
 * @throws Error when a box office runs on `file`, or the backup is not one that this version can sell from
 */
export async function restore(file: string, backup: string, options: RestoreOptions): Promise<Restored> {
  assertAnotherFile(file, backup);
  const source = connectSqlite(backup, { readonly: true, busyTimeoutMs: 0 });
  try {
    assertBoxOffice(source, backup);
    assertKnownVersion(source, backup);
    const former = takeOver(file);
    try {
      return await replace(file, former, source, backup, options);
    } finally {
      former?.close();
    }
  } finally {
    source.close();
  }
}

async function replace(
  file: string,
  former: FormerDatabase | null,
  source: SqliteConnection,
  backup: string,
  options: RestoreOptions,
): Promise<Restored> {
  const asideAs = former && `${file}.before-restore-${options.now.toISOString().replaceAll(/[-:.]/g, '')}`;
  const { ids, complete } = former?.givenOut(newestBooking(source, backup)) ?? { ids: new Map(), complete: false };
  const leapt = !complete && options.idsAbove === null;
  const lastId: LastId = (table, known) =>
    Math.max(known, ids.get(table) ?? 0, options.idsAbove ?? 0) + (leapt ? UNKNOWN_IDS : 0);
  return withNewFile(
    file,
    async (copy) => {
      await copySqlite(source, copy, options);
      options.onCheck();
      return { asideAs, nextIds: await checkCopy(copy, backup, (db) => raiseIds(db, lastId)), leapt };
    },
    (copy) => {
      options.signal.throwIfAborted();
      if (!former && existsSync(file)) throw new Error(`${file}: was made meanwhile; nothing is restored`);
      giveToItsOwner(copy, former ? file : dirname(file));
      if (asideAs) former.putAside(asideAs);
      removeSideFiles(file);
      renameSync(copy, file);
    },
  );
}

/** A database that root restores is for the user of the box office. */
function giveToItsOwner(copy: string, like: string): void {
  const { uid, gid, mode } = statSync(like);
  if (process.getuid?.() === 0) chownSync(copy, uid, gid);
  if (statSync(like).isFile()) chmodSync(copy, mode);
}

function assertAnotherFile(file: string, backup: string): void {
  const [target, source] = [file, backup].map((name) => statSync(name, { throwIfNoEntry: false }));
  if (target && source && target.dev === source.dev && target.ino === source.ino) {
    throw new Error(`${backup}: is the database itself`);
  }
}
