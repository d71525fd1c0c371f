import { bookTicket, createEvent } from '../../test/support/graphql-client.ts';
import type { Scenario } from '../bench.ts';
import { median } from '../side-by-side.ts';
import { BenchProcess, runCommand } from '../stage/bench-process.ts';
import { createDatabase } from '../stage/database.ts';

const STARTS = 5;

/** From the spawn to the line that says it listens, on a database that is there already. */
export const startUp: Scenario = {
  name: 'start-up',
  run: async ({ services, print }) => {
    const database = await createDatabase('sqlite', services);
    const serve = () => BenchProcess.start(['serve'], { DATABASE_URL: database.url });
    try {
      const first = await serve();
      await bookTicket(first.url, { eventId: await createEvent(first.url, { capacity: 10 }) });
      await first.stop();
      const starts: number[] = [];
      for (let i = 0; i < STARTS; i++) {
        const started = await serve();
        starts.push(started.startMs);
        await started.stop();
      }
      print(`    ${starts.map((ms) => `${Math.round(ms)} ms`).join(', ')}`);
      await runCommand('verify', database.url);
      const what = 'start of `boxoffice serve` until it listens';
      return [{ id: 'start-up', what, setup: 'embedded', value: median(starts), unit: 'ms', rounds: starts }];
    } finally {
      await database.remove();
    }
  },
};
