import { createEvent } from '../../test/support/graphql-client.ts';
import { type Bench, compareThroughput, type Scenario } from '../bench.ts';
import { type Figure, throughputFigures } from '../figure.ts';
import { GRAPHQL } from '../load/booking-requests.ts';
import { measureBookings } from '../load/measure-bookings.ts';
import { measureRequests } from '../load/measure-requests.ts';
import { READS, type Read } from '../load/read-requests.ts';
import { warmUp } from '../load/warm-up.ts';
import { createSeeded } from '../seed/seed.ts';
import { SEEDED_EVENT } from '../seed/seeded-rows.ts';
import { LARGEST, SIZES, SMALLEST, sizeName } from '../seed/sizes.ts';
import type { Contestant } from '../side-by-side.ts';
import { allSettled } from '../stage/all-settled.ts';
import type { DatabaseKind } from '../stage/database.ts';
import { Installation, type Setup } from '../stage/installation.ts';
import { closeAll } from '../stage/with-installations.ts';

const READERS = 8;
const BUYERS = 64;
const ENDLESS = 2_000_000_000;
const SETUPS: readonly { kind: DatabaseKind; setup: Setup }[] = [
  { kind: 'sqlite', setup: 'embedded' },
  { kind: 'postgresql', setup: 'PostgreSQL + Redis' },
];

/** By number of bookings. */
type Sized = Map<number, Installation>;

/** What it costs that there are many bookings already: to read, and to book one more. */
export const tableSize: Scenario = {
  name: 'table-size',
  run: async (bench) => {
    const sized = new Map<Setup, Sized>(SETUPS.map(({ setup }) => [setup, new Map()]));
    const opened = () => [...sized.values()].flatMap((installations) => [...installations.values()]);
    const figures: Figure[] = [];
    try {
      // No speed is measured yet, so both databases may be filled at the same time.
      const filling = SETUPS.map(({ kind, setup }) => openAll(bench, kind, setup, sized.get(setup) as Sized));
      await allSettled([...filling, bench.meanwhile()]);
      for (const [setup, installations] of sized) {
        for (const size of SIZES) await readUntilWarm(installations.get(size) as Installation, size);
        for (const read of READS) figures.push(...(await compareReads(bench, setup, installations, read)));
        figures.push(...(await compareBookings(bench, setup, installations)));
      }
    } catch (error) {
      await closeAll(opened()).catch(() => undefined);
      throw error;
    }
    await closeAll(opened());
    return figures;
  },
};

async function openAll({ services, print }: Bench, kind: DatabaseKind, setup: Setup, into: Sized): Promise<void> {
  for (const size of [0, ...SIZES]) {
    const since = performance.now();
    const database = await createSeeded(kind, size, services);
    print(`    ${kind}, ${sizeName(size)}: seeded in ${((performance.now() - since) / 1_000).toFixed(0)} s`);
    into.set(size, await Installation.open(setup, services, { database }));
  }
}

async function readUntilWarm({ url }: Installation, size: number): Promise<void> {
  const bodies = READS.map((read) => read.body(size));
  await warmUp(url + GRAPHQL.path, bodies, { requests: 1_000 });
}

async function compareReads(bench: Bench, setup: Setup, opened: Sized, read: Read): Promise<Figure[]> {
  const contestants = SIZES.map((size): Contestant => {
    const { url } = opened.get(size) as Installation;
    const requests = {
      urls: [url],
      path: GRAPHQL.path,
      bodies: [read.body(size)],
      connections: READERS,
      seconds: bench.seconds / 3,
      problemIn: (_status: number, answer: string) => (isRight(read, answer, size) ? null : answer),
    };
    return { name: sizeName(size), measure: () => measureRequests(bench, requests) };
  });
  const compared = await compareThroughput(bench, `${setup}: ${read.what}, ${READERS} connections`, contestants);
  return withSetup(throughputFigures(`table-size/${read.id}/${setup}`, read.what, compared, SMALLEST), setup);
}

async function compareBookings(bench: Bench, setup: Setup, opened: Sized): Promise<Figure[]> {
  const load = { api: GRAPHQL, connections: BUYERS, seconds: bench.seconds };
  const empty = opened.get(0) as Installation;
  const eventId = Number(await createEvent(empty.url, { capacity: ENDLESS }));
  const contestants = [
    { name: 'empty', measure: () => measureBookings(bench, empty, [eventId], load) },
    {
      name: LARGEST,
      measure: () => measureBookings(bench, opened.get(SIZES[2]) as Installation, [SEEDED_EVENT], load),
    },
  ];
  const what = 'bookings of one event, 64 connections';
  const compared = await compareThroughput(bench, `${setup}: ${what}`, contestants);
  return withSetup(throughputFigures(`table-size/booking/${setup}`, what, compared), setup);
}

function withSetup(figures: readonly Figure[], setup: Setup): Figure[] {
  return figures.map((figure) => ({ ...figure, setup: `${setup}, ${figure.setup}` }));
}

function isRight(read: Read, answer: string, size: number): boolean {
  const { data, errors } = JSON.parse(answer) as { data: Record<string, never> | null; errors?: unknown };
  return !errors && data !== null && read.isRight(data, size);
}
