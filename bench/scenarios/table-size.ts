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
import { FILLED, type Fullness, type Sizes, sizeName, sizesUpTo } from '../seed/sizes.ts';
import type { Contestant } from '../side-by-side.ts';
import { allSettled, closingAll, createEndlessEvent, Installation, type Setup } from '../stage/installation.ts';

const READERS = 8;
const BUYERS = 64;
const SETUPS: readonly { kind: DatabaseKind; setup: Setup }[] = [
  { kind: 'sqlite', setup: 'embedded' },
  { kind: 'postgresql', setup: 'PostgreSQL + Redis' },
];

/** Installations of one setup. */
interface Tables {
  readonly bench: Bench;
  readonly kind: DatabaseKind;
  readonly setup: Setup;
  readonly sizes: Sizes;
  readonly installations: Map<string, Installation>;
}

/** What it costs that there are many bookings already: to read, and to book one more. */
export const tableSize: Scenario = {
  name: 'table-size',
  run: (bench) =>
    closingAll(async (opened) => {
      const sizes = sizesUpTo(bench.rows);
      const both = SETUPS.map((one): Tables => ({ bench, ...one, sizes, installations: new Map() }));
      // No speed is measured yet, so both databases may be filled at the same time.
      await allSettled([...both.map((tables) => fill(tables, opened)), bench.meanwhile()]);
      const figures: Figure[] = [];
      for (const tables of both) {
        for (const fullness of FILLED) await readUntilWarm(at(tables, fullness), sizes[fullness]);
        for (const read of READS) figures.push(...(await compareReads(tables, read)));
        figures.push(...(await compareBookings(tables)), ...(await compareLimitedBookings(tables)));
      }
      return figures;
    }),
};

async function fill({ bench, kind, setup, sizes, installations }: Tables, opened: Installation[]): Promise<void> {
  for (const [fullness, size] of Object.entries(sizes)) {
    const since = performance.now();
    const database = await createSeeded(kind, size, bench.services);
    bench.print(`    ${kind}, ${sizeName(size)}: seeded in ${((performance.now() - since) / 1_000).toFixed(0)} s`);
    const installation = await Installation.open(setup, bench.services, { database });
    installations.set(fullness, installation);
    opened.push(installation);
  }
}

function at({ installations }: Tables, fullness: Fullness): Installation {
  return installations.get(fullness) as Installation;
}

async function readUntilWarm({ url }: Installation, size: number): Promise<void> {
  const bodies = READS.flatMap((read) => read.bodies(size));
  await warmUp(url + GRAPHQL.path, bodies, { requests: 2_000 });
}

/** Those that a chart has are measured in the middle too. */
function compareReads(tables: Tables, read: Read): Promise<Figure[]> {
  const { bench, sizes } = tables;
  const compared = FILLED.filter((fullness) => read.short || fullness !== 'middle');
  const contestants = compared.map((fullness): Contestant => {
    const requests = {
      url: at(tables, fullness).url + GRAPHQL.path,
      bodies: read.bodies(sizes[fullness]),
      connections: READERS,
      seconds: bench.seconds / 2,
      problemIn: ({ text }: HttpAnswer) => (isRight(read, text) ? null : text),
    };
    return { name: fullness, measure: () => measureRequests(bench, requests) };
  });
  return compare(tables, read.id, read.what, READERS, contestants);
}

async function compareBookings(tables: Tables): Promise<Figure[]> {
  const eventId = await createEndlessEvent(at(tables, 'empty').url);
  const contestants = [buyersOf(tables, 'empty', eventId), buyersOf(tables, 'largest', SEEDED_EVENT)];
  return compare(tables, 'booking', 'bookings of one event', BUYERS, contestants);
}

/** Each buyer has several bookings of the event already, which the limit makes a booking look at. */
async function compareLimitedBookings(tables: Tables): Promise<Figure[]> {
  const compared = ['smallest', 'largest'] as const;
  for (const fullness of compared) {
    const installation = at(tables, fullness);
    await warmUp(installation.url + GRAPHQL.path, bodiesFor(GRAPHQL, [LIMITED_EVENT]));
    await installation.drained();
  }
  const contestants = compared.map((fullness) => buyersOf(tables, fullness, LIMITED_EVENT));
  return compare(tables, 'limited-booking', 'bookings of an event with maxPerUser', BUYERS, contestants);
}

function buyersOf(tables: Tables, name: Fullness, eventId: number): Contestant {
  const load = { api: GRAPHQL, connections: BUYERS, seconds: tables.bench.seconds };
  return { name, measure: () => measureBookings(tables.bench, at(tables, name), [eventId], load) };
}

/** Found by how full the table was, shown with the number of its bookings. */
async function compare(
  { bench, setup, sizes }: Tables,
  id: string,
  what: string,
  connections: number,
  contestants: readonly Contestant[],
): Promise<Figure[]> {
  const title = `${what}, ${connections} connections`;
  const comparison = await compareThroughput(bench, `${setup}: ${title}`, contestants);
  const shown = (fullness: string | undefined) => sizeName(sizes[fullness as Fullness]);
  const ratioTo = shown(comparison[0]?.name);
  return throughputFigures(`table-size/${id}/${setup}`, title, comparison, ratioTo).map((figure) => ({
    ...figure,
    setup: `${setup}, ${shown(figure.setup)}`,
  }));
}

function isRight(read: Read, answer: string): boolean {
  const { data, errors } = JSON.parse(answer);
  return !errors && read.isRight(data);
}
