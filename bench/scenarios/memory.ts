import { fileURLToPath } from 'node:url';
import type { Scenario } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { runCommand } from '../stage/command.ts';
import { createDatabase } from '../stage/database.ts';
import { runChild } from '../stage/run-child.ts';

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
    const looks: Look[] = [];
    try {
      await runChild(
        CHILD,
        [String(BOOKINGS), String(STEP)],
        { DATABASE_URL: database.url },
        {
          node: ['--expose-gc'],
          onLine: (line) => {
            const look = JSON.parse(line) as Look;
            looks.push(look);
            print(
              `    ${look.bookings} bookings: resident ${look.residentMb.toFixed(0)} MB, heap ${look.heapMb.toFixed(1)} MB`,
            );
          },
        },
      );
      await runCommand('verify', database.url);
    } finally {
      await database.remove();
    }
    return looks.filter(({ bookings }) => bookings === STEP || bookings === BOOKINGS).flatMap(figuresOf);
  },
};

function figuresOf({ bookings, residentMb, heapMb }: Look): Figure[] {
  const after = `after ${bookings.toLocaleString('en-US')} bookings and their finalization`;
  return [
    {
      id: `memory/resident/${bookings}`,
      what: `resident memory ${after}`,
      setup: 'embedded',
      value: residentMb,
      unit: 'MB',
    },
    { id: `memory/heap/${bookings}`, what: `heap ${after}`, setup: 'embedded', value: heapMb, unit: 'MB' },
  ];
}
