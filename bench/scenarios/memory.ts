import { fileURLToPath } from 'node:url';
import type { Scenario } from '../bench.ts';
import type { Figure } from '../figure.ts';
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
      const looks = printed
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Look);
      for (const { bookings, residentMb, heapMb } of looks) {
        print(`    ${bookings} bookings: resident ${residentMb.toFixed(0)} MB, heap ${heapMb.toFixed(1)} MB`);
      }
      await runCommand('verify', database.url);
      return looks.filter(({ bookings }) => bookings === STEP || bookings === BOOKINGS).flatMap(figuresOf);
    } finally {
      await database.remove();
    }
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
