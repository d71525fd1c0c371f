import { fileURLToPath } from 'node:url';
import type { Scenario } from '../bench.ts';
import { runChild, runCommand } from '../stage/bench-process.ts';
import { createDatabase } from '../stage/database.ts';

const BOOKINGS = 1_000_000;
const STEP = 100_000;
const CHILD = fileURLToPath(new URL('../children/memory-of-many-bookings.ts', import.meta.url));

interface Look {
  readonly bookings: number;
  readonly residentMb: number;
  readonly heapMb: number;
}

/** Whether memory grows with the bookings a process has made. */
export const memory: Scenario = {
  name: 'memory',
  unhurried: true,
  run: async ({ services, print }) => {
    const database = await createDatabase('sqlite', services);
    try {
      const program = { program: CHILD, node: ['--expose-gc'] };
      const printed = await runChild([String(BOOKINGS), String(STEP)], { DATABASE_URL: database.url }, program);
      const looks = printed.trimEnd().split('\n');
      for (const look of looks) print(`    ${look}`);
      await runCommand('verify', database.url);
      return [looks[0], looks.at(-1)].flatMap((look) => {
        const { bookings, residentMb, heapMb } = JSON.parse(look as string) as Look;
        const after = `after ${bookings.toLocaleString('en-US')} bookings and their finalization`;
        const megabytes = { setup: 'embedded', unit: 'MB' } as const;
        return [
          { id: `memory/resident/${bookings}`, what: `resident memory ${after}`, value: residentMb, ...megabytes },
          { id: `memory/heap/${bookings}`, what: `heap ${after}`, value: heapMb, ...megabytes },
        ];
      });
    } finally {
      await database.remove();
    }
  },
};
