import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../test/support/services/reap-when-orphaned.ts';
import type { Scenario } from '../bench.ts';
import type { TimedStatement } from '../children/time-statements.ts';
import { sendEveryRequest } from '../load/every-request.ts';
import { createSeeded } from '../seed/seed.ts';
import { sizeName } from '../seed/sizes.ts';
import { median } from '../side-by-side.ts';
import { BenchProcess, runCommand } from '../stage/bench-process.ts';
import type { Services } from '../stage/services.ts';

/** SQLite is not for more. */
const MAX_ROWS = 2_000_000;
const SHOWN = 8;
const TIMER = fileURLToPath(new URL('../children/time-statements.ts', import.meta.url));
/** Time enough for what is done daily, which nothing tells the end of. */
const DAILY_MS = 1_000;

/** How long a statement of a request stops the process, and every other request with it: SQLite has no thread of its own. */
export const longestStatement: Scenario = {
  name: 'longest-statement',
  run: async ({ services, print, rounds, rows }) => {
    const bookings = Math.min(rows, MAX_ROWS);
    const longest: TimedStatement[] = [];
    for (let round = 1; round <= rounds; round++) {
      const statements = (await timeStatements(bookings, services)).toSorted((a, b) => b.longestMs - a.longestMs);
      print(`    round ${round}: ${statements.length} statements, the longest of them`);
      for (const { text, times, longestMs, processorMs } of statements.slice(0, SHOWN)) {
        const took = `${longestMs.toFixed(1)} ms (processor ${processorMs.toFixed(1)} ms), ${times} times`;
        print(`      ${took}: ${text.replace(/\s+/g, ' ').slice(0, 200)}`);
      }
      longest.push(statements[0] as TimedStatement);
    }
    const what = 'longest statement of any request, of the start and of the daily work';
    const setup = `embedded, ${sizeName(bookings)}`;
    const value = median(longest.map(({ longestMs }) => longestMs));
    return [{ id: 'longest-statement', what, setup, value, unit: 'ms', rounds: longest }];
  },
};

async function timeStatements(bookings: number, services: Services): Promise<TimedStatement[]> {
  const database = await createSeeded('sqlite', bookings, services);
  const folder = await temporaryFolder('bench');
  const file = join(folder.path, 'statements.json');
  try {
    const env = { DATABASE_URL: database.url, STATEMENT_TIMES_FILE: file };
    const office = await BenchProcess.start(['serve'], env, { node: ['--import', TIMER] });
    try {
      await sendEveryRequest(office.url, bookings);
      process.kill(office.pid, 'SIGUSR2');
      await pause(DAILY_MS);
    } finally {
      await office.stop();
    }
    await runCommand('verify', database.url);
    return JSON.parse(await readFile(file, 'utf8')) as TimedStatement[];
  } finally {
    await folder.remove();
    await database.remove();
  }
}
