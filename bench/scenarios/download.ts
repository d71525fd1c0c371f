import { bookTicket, createEvent } from '../../test/support/graphql-client.ts';
import { residentBytes } from '../../test/support/process-state.ts';
import type { Scenario } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { createSeeded } from '../seed/seed.ts';
import { SEEDED_EVENT } from '../seed/seeded-rows.ts';
import { type BenchProcess, runCommand } from '../stage/bench-process.ts';
import { Installation, type Setup } from '../stage/installation.ts';

/** Half of the seeded bookings are of the event that is downloaded. */
const SEEDED_PER_ROW = 2;
const MEGABYTE = 1024 ** 2;
const HEADING_LINES = 1;

interface Download {
  readonly seconds: number;
  readonly bookingsMs: readonly number[];
  readonly grownBytes: number;
}

/** All bookings of an event as CSV, while others book one after the other. */
export const download: Scenario = {
  name: 'download',
  run: async ({ services, print, rows }) => {
    const figures: Figure[] = [];
    for (const setup of ['embedded', 'PostgreSQL + Redis'] as const) {
      const kind = setup === 'embedded' ? 'sqlite' : 'postgresql';
      const database = await createSeeded(kind, rows * SEEDED_PER_ROW, services);
      const installation = await Installation.open(setup, services, { database, roles: ['api'] });
      try {
        const { seconds, bookingsMs, grownBytes } = await measure(installation.api as BenchProcess, rows);
        const longest = Math.max(...bookingsMs);
        const sale = `${bookingsMs.length} bookings meanwhile, the longest ${longest.toFixed(0)} ms`;
        print(`  ${setup}: ${rows} rows in ${seconds.toFixed(1)} s, ${sale}`);
        figures.push(...figuresOf(setup, rows, { seconds, bookingsMs, grownBytes }));
      } finally {
        await installation.api?.stop();
        await runCommand('verify', database.url);
        await database.remove();
      }
    }
    return figures;
  },
};

async function measure({ url, pid }: BenchProcess, rows: number): Promise<Download> {
  const eventId = await createEvent(url, { capacity: 1_000_000 });
  await bookTicket(url, { eventId });
  const path = `/event/${SEEDED_EVENT}/bookings.csv`;
  // What Node and SQLite allow themselves for any work is there after the first.
  await read(url + path, { lines: 0 });
  const before = await residentBytes(pid);
  const since = performance.now();
  const downloading = { ended: false, lines: 0 };
  const ending = read(url + path, downloading).finally(() => {
    downloading.ended = true;
  });
  const bookingsMs: number[] = [];
  let most = before;
  while (!downloading.ended) {
    const asked = performance.now();
    await bookTicket(url, { eventId });
    bookingsMs.push(performance.now() - asked);
    most = Math.max(most, await residentBytes(pid));
  }
  await ending;
  if (downloading.lines !== rows + HEADING_LINES) throw new Error(`${downloading.lines} lines instead of ${rows}`);
  return { seconds: (performance.now() - since) / 1_000, bookingsMs, grownBytes: most - before };
}

async function read(url: string, so: { lines: number }): Promise<void> {
  const { body } = await fetch(url);
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) so.lines++;
  }
}

function figuresOf(setup: Setup, rows: number, { seconds, bookingsMs, grownBytes }: Download): Figure[] {
  const what = `bookings as CSV, ${rows.toLocaleString('en-US')} rows`;
  const sorted = bookingsMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] as number;
  return [
    { id: `download/rows/${setup}`, what, setup, value: rows / seconds, unit: '/s' },
    { id: `download/booking/${setup}`, what: `${what}: a booking meanwhile, p99`, setup, value: at(0.99), unit: 'ms' },
    {
      id: `download/memory/${setup}`,
      what: `${what}: memory more than after another one before`,
      setup,
      value: grownBytes / MEGABYTE,
      unit: 'MB',
    },
  ];
}
