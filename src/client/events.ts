import { createInterface } from 'node:readline/promises';
import type { BoxOffice } from './box-office.ts';
import { localTime, printFacts, printJson, printTable } from './print.ts';

const EVENT = `fragment event on Event {
  id title venue startsAt endsAt timeZone status cancellationReason capacity version
  salesOpenAt salesCloseAt maxPerBooking maxPerUser maxHoldSeconds
  stats { availableCount bookedCount heldCount pendingCount finalizedCount }
}`;

interface Event {
  readonly id: string;
  readonly title: string;
  readonly venue: string | null;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly timeZone: string;
  readonly status: string;
  readonly cancellationReason: string | null;
  readonly capacity: number;
  readonly version: number;
  readonly salesOpenAt: string | null;
  readonly salesCloseAt: string | null;
  readonly maxPerBooking: number;
  readonly maxPerUser: number | null;
  readonly maxHoldSeconds: number;
  readonly stats: Readonly<
    Record<'availableCount' | 'bookedCount' | 'heldCount' | 'pendingCount' | 'finalizedCount', number>
  >;
}

export interface Printing {
  readonly json?: boolean | undefined;
}

/** @param details of CreateEventInput; what was not given is undefined */
export async function createEvent(boxOffice: BoxOffice, details: object, printing: Printing): Promise<void> {
  const { createEvent: event } = await boxOffice.ask<{ createEvent: Event }>(
    `mutation ($input: CreateEventInput!) { createEvent(input: $input) { ...event } } ${EVENT}`,
    { input: details },
  );
  print(event, printing);
}

export async function listEvents(boxOffice: BoxOffice, limit: number, { json }: Printing): Promise<void> {
  const { events } = await boxOffice.ask<{ events: { edges: { node: Event }[] } }>(
    `query ($first: Int!) { events(first: $first) { edges { node { ...event } } } } ${EVENT}`,
    { first: limit },
  );
  const list = events.edges.map(({ node }) => node);
  if (json) return printJson(list);
  const heads = ['ID', 'TITLE', 'STARTS', 'STATUS', 'PLACES', 'BOOKED', 'LEFT'];
  const rows = list.map(({ id, title, startsAt, timeZone, status, capacity, stats }) => {
    return [id, title, localTime(startsAt, timeZone), status, capacity, stats.bookedCount, stats.availableCount];
  });
  printTable(heads, rows);
}

export async function showEvent(boxOffice: BoxOffice, id: string, printing: Printing): Promise<void> {
  print(await find(boxOffice, id), printing);
}

/** @param status ON_SALE or CLOSED */
export async function setSale(boxOffice: BoxOffice, id: string, status: string, printing: Printing): Promise<void> {
  const { version } = await find(boxOffice, id);
  const { updateEvent } = await boxOffice.ask<{ updateEvent: Event & { message?: string } }>(
    `mutation ($id: ID!, $version: Int!, $status: EventStatus!) {
      updateEvent(id: $id, expectedVersion: $version, input: { status: $status }) {
        ... on Event { ...event } ... on EventUpdateRefused { message } } } ${EVENT}`,
    { id, version, status },
  );
  if (updateEvent.message !== undefined) throw new Error(updateEvent.message);
  print(updateEvent, printing);
}

export interface Cancelling extends Printing {
  readonly reason: string;
  /** Without asking. */
  readonly yes?: boolean;
}

export async function cancelEvent(boxOffice: BoxOffice, id: string, { reason, yes, ...printing }: Cancelling) {
  const { title, stats } = await find(boxOffice, id);
  if (!yes) await confirm(`Cancel "${title}" for good, with ${stats.bookedCount} places booked?`);
  const { cancelEvent: event } = await boxOffice.ask<{ cancelEvent: Event }>(
    `mutation ($id: ID!, $reason: String!) { cancelEvent(id: $id, reason: $reason) { ...event } } ${EVENT}`,
    { id, reason },
  );
  print(event, printing);
}

async function find(boxOffice: BoxOffice, id: string): Promise<Event> {
  const { event } = await boxOffice.ask<{ event: Event | null }>(
    `query ($id: ID!) { event(id: $id) { ...event } } ${EVENT}`,
    { id },
  );
  if (!event) throw new Error(`there is no event ${id}`);
  return event;
}

/** @throws Error unless a person says yes */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Error('nobody is there to be asked: --yes cancels without asking');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} Type yes: `);
  terminal.close();
  if (answer.trim().toLowerCase() !== 'yes') throw new Error('nothing was cancelled');
}

function print(event: Event, { json }: Printing): void {
  if (json) printJson(event);
  else printFacts(factsOf(event));
}

function factsOf({ stats, timeZone, ...event }: Event) {
  return {
    id: event.id,
    title: event.title,
    venue: event.venue,
    starts: localTime(event.startsAt, timeZone),
    ends: localTime(event.endsAt, timeZone),
    'time zone': timeZone,
    status: event.status,
    reason: event.cancellationReason,
    'sale opens': localTime(event.salesOpenAt, timeZone),
    'sale closes': localTime(event.salesCloseAt, timeZone),
    places: event.capacity,
    held: stats.heldCount,
    pending: stats.pendingCount,
    final: stats.finalizedCount,
    left: stats.availableCount,
    'per booking': event.maxPerBooking,
    'per user': event.maxPerUser,
    'hold for': `${event.maxHoldSeconds} s`,
    version: event.version,
  };
}
