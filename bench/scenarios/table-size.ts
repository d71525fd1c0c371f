import type { DatabaseKind } from '../../test/support/databases.ts';
import type { HttpAnswer } from '../../test/support/http-client.ts';
import { type Bench, compareThroughput, type Scenario } from '../bench.ts';
import { type Figure, throughputFigures } from '../figure.ts';
import { warmUp } from '../load/autocannon.ts';
import { bodiesFor, GRAPHQL } from '../load/booking-requests.ts';
import { measureBookings } from '../load/measure-bookings.ts';
import { measureRequests } from '../load/measure-requests.ts';
import { READS, type Read } from '../load/read-requests.ts';
import { createSeeded } from '../seed/seed.ts';
import { LIMITED_EVENT, SEEDED_EVENT } from '../seed/seeded-rows.ts';
import { type Fullness, type Sizes, sizeName, sizesUpTo } from '../seed/sizes.ts';
import type { Comparison, Contestant } from '../side-by-side.ts';
import { allSettled, closeAll, createEndlessEvent, Installation, type Setup } from '../stage/installation.ts';

const READERS = 8;
const BUYERS = 64;
const SETUPS: readonly { kind: DatabaseKind; setup: Setup }[] = [
  { kind: 'sqlite', setup: 'embedded' },
  { kind: 'postgresql', setup: 'PostgreSQL + Redis' },
];

const FULLNESS: readonly Fullness[] = ['smallest', 'middle', 'largest'];

/** Installations by how full their table is. */
type Sized = Map<Fullness | 'empty', Installation>;

/** What it costs that there are many bookings already: to read, and to book one more. */
export const tableSize: Scenario = {
  name: 'table-size',
  run: async (bench) => {
    const sizes = sizesUpTo(bench.rows);
    const sized = new Map<Setup, Sized>(SETUPS.map(({ setup }) => [setup, new Map()]));
    const opened = () => [...sized.values()].flatMap((installations) => [...installations.values()]);
    const figures: Figure[] = [];
    try {
      // No speed is measured yet, so both databases may be filled at the same time.
      const filling = SETUPS.map(({ kind, setup }) => openAll(bench, kind, setup, sizes, sized.get(setup) as Sized));
      await allSettled([...filling, bench.meanwhile()]);
      for (const [setup, installations] of sized) {
        for (const fullness of FULLNESS)
          await readUntilWarm(installations.get(fullness) as Installation, sizes[fullness]);
        for (const read of READS) figures.push(...(await compareReads(bench, setup, sizes, installations, read)));
        figures.push(...(await compareBookings(bench, setup, sizes, installations)));
        figures.push(...(await compareLimitedBookings(bench, setup, sizes, installations)));
      }
    } catch (error) {
      await closeAll(opened()).catch(() => undefined);
      throw error;
    }
    await closeAll(opened());
    return figures;
  },
};

async function openAll(
  { services, print }: Bench,
  kind: DatabaseKind,
  setup: Setup,
  sizes: Sizes,
  into: Sized,
): Promise<void> {
  for (const fullness of ['empty', ...FULLNESS] as const) {
    const size = fullness === 'empty' ? 0 : sizes[fullness];
    const since = performance.now();
    const database = await createSeeded(kind, size, services);
    print(`    ${kind}, ${sizeName(size)}: seeded in ${((performance.now() - since) / 1_000).toFixed(0)} s`);
    into.set(fullness, await Installation.open(setup, services, { database }));
  }
}

async function readUntilWarm({ url }: Installation, size: number): Promise<void> {
  const bodies = READS.flatMap((read) => read.bodies(size));
  await warmUp(url + GRAPHQL.path, bodies, { requests: 2_000 });
}

/** Those that a chart has are measured in the middle too. */
async function compareReads(bench: Bench, setup: Setup, sizes: Sizes, opened: Sized, read: Read): Promise<Figure[]> {
  const compared = FULLNESS.filter((fullness) => read.short || fullness !== 'middle');
  const contestants = compared.map((fullness): Contestant => {
    const { url } = opened.get(fullness) as Installation;
    const requests = {
      url: url + GRAPHQL.path,
      bodies: read.bodies(sizes[fullness]),
      connections: READERS,
      seconds: bench.seconds / 2,
      problemIn: ({ text }: HttpAnswer) => (isRight(read, text) ? null : text),
    };
    return { name: fullness, measure: () => measureRequests(bench, requests) };
  });
  const comparison = await compareThroughput(bench, `${setup}: ${read.what}, ${READERS} connections`, contestants);
  return figuresOf(`table-size/${read.id}/${setup}`, read.what, comparison, setup, sizes);
}

async function compareBookings(bench: Bench, setup: Setup, sizes: Sizes, opened: Sized): Promise<Figure[]> {
  const load = { api: GRAPHQL, connections: BUYERS, seconds: bench.seconds };
  const { empty, largest } = Object.fromEntries(opened) as Record<Fullness | 'empty', Installation>;
  const eventId = await createEndlessEvent(empty.url);
  const contestants = [
    { name: 'empty', measure: () => measureBookings(bench, empty, [eventId], load) },
    { name: 'largest', measure: () => measureBookings(bench, largest, [SEEDED_EVENT], load) },
  ];
  const what = 'bookings of one event, 64 connections';
  const comparison = await compareThroughput(bench, `${setup}: ${what}`, contestants);
  return figuresOf(`table-size/booking/${setup}`, what, comparison, setup, sizes);
}

/** Each buyer has several bookings of the event already, which the limit makes a booking look at. */
async function compareLimitedBookings(bench: Bench, setup: Setup, sizes: Sizes, opened: Sized): Promise<Figure[]> {
  const load = { api: GRAPHQL, connections: BUYERS, seconds: bench.seconds };
  const contestants: Contestant[] = [];
  for (const fullness of ['smallest', 'largest'] as const) {
    const installation = opened.get(fullness) as Installation;
    await warmUp(installation.url + GRAPHQL.path, bodiesFor(GRAPHQL, [LIMITED_EVENT]));
    await installation.drained();
    contestants.push({
      name: fullness,
      measure: () => measureBookings(bench, installation, [LIMITED_EVENT], load),
    });
  }
  const what = 'bookings of an event with maxPerUser, 64 connections';
  const comparison = await compareThroughput(bench, `${setup}: ${what}`, contestants);
  return figuresOf(`table-size/limited-booking/${setup}`, what, comparison, setup, sizes);
}

/** Found by how full the table was, shown with the number of its bookings. */
function figuresOf(id: string, what: string, comparison: readonly Comparison[], setup: Setup, sizes: Sizes): Figure[] {
  const shown = (fullness: string) => sizeName(sizes[fullness as Fullness] ?? 0);
  const ratioTo = shown((comparison[0] as Comparison).name);
  return throughputFigures(id, what, comparison, ratioTo).map((figure) => ({
    ...figure,
    setup: `${setup}, ${shown(figure.setup)}`,
  }));
}

function isRight(read: Read, answer: string): boolean {
  const { data, errors } = JSON.parse(answer) as { data: Record<string, never> | null; errors?: unknown };
  return !errors && data !== null && read.isRight(data);
}
