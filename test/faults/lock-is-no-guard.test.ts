import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testRedisUrl } from '../support/databases.ts';
import { stopped } from '../support/process-state.ts';
import { reapWhenOrphaned, type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

const LEASE_MS = 500;
const START_BOUND_MS = 20_000;
const SCRIPT = fileURLToPath(new URL('./naive-booking.ts', import.meta.url));

/**
 * Control of everything else in this folder: the same stopped holder of a Redlock, where the lock alone stands between
 * two buyers and one place. docs/decisions/0001-the-row-is-the-guard.md
 */
describe('control: the last place, and a holder of the lock that is stopped for longer than its lease', () => {
  let folder: TemporaryFolder;
  let file: string;
  const children = new Set<ChildProcess>();
  beforeEach(async () => {
    folder = await temporaryFolder('control');
    file = join(folder.path, `${randomBytes(4).toString('hex')}.db`);
    query('create table events (capacity integer not null, booked integer not null)');
    query('insert into events values (1, 0)');
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await folder.remove();
  });

  test('with the lock alone it is sold twice', async () => {
    expect(await sellTheLastPlace('naive')).toEqual({ stopped: 'booked', other: 'booked', booked: 2 });
  });

  test('with the condition in the UPDATE as well it is sold once', async () => {
    expect(await sellTheLastPlace('guarded')).toEqual({ stopped: 'sold out', other: 'booked', booked: 1 });
  });

  async function sellTheLastPlace(kind: 'naive' | 'guarded') {
    const holder = buy(kind, 'stop');
    await stopped(holder.pid, START_BOUND_MS);
    const other = await buy(kind, 'go').answer;
    holder.resume();
    return { stopped: await holder.answer, other, booked: query('select booked from events')?.['booked'] };
  }

  function buy(kind: 'naive' | 'guarded', pace: 'go' | 'stop') {
    const args = ['--disable-warning=ExperimentalWarning', SCRIPT, file, testRedisUrl(), `${LEASE_MS}`, kind, pace];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    const forget = reapWhenOrphaned({ pid: child.pid as number, signal: 'SIGKILL' });
    const answer = text(child.stdout);
    void once(child, 'exit').then(() => {
      children.delete(child);
      forget();
    });
    return { pid: child.pid as number, answer, resume: () => child.kill('SIGCONT') };
  }

  function query(sql: string): Record<string, unknown> | undefined {
    const database = new DatabaseSync(file, { timeout: 5_000 });
    try {
      return database.prepare(sql).get();
    } finally {
      database.close();
    }
  }
});
