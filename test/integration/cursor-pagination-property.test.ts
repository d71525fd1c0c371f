import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BookingFilter } from '../../src/bookings/booking-walks.ts';
import { encodeCursor, type Page, type PageRequest, pageRequest } from '../../src/pagination.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { bookingOf } from '../support/outcomes.ts';

const NUM_RUNS = 12;
const MAX_ROWS = 25;
const USERS = ['alice', 'bob'];
const maxSearchMs = 4_000;
/** More than any list here has. */
const MAX_PAGES = 100;

type Read = (request: PageRequest) => Promise<Page<{ id: number }>>;

const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 });
/** Rows that arrive after each page, while there are any. */
const arrivals = fc.array(fc.nat(4), { maxLength: 8 });

describe.each(['embedded', 'postgresql + redis'] as const)('%s: a list read page by page', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
  });
  afterAll(() => office.close());

  /** Reads to the end as a client does, by cursors; `betweenPages` is told how many pages were read. */
  async function walk(read: Read, pageSizes: readonly number[], betweenPages: (pages: number) => Promise<unknown>) {
    const visited: number[] = [];
    for (let pages = 0, after: string | null = null; pages < MAX_PAGES; pages++) {
      const size = pageSizes[pages % pageSizes.length] as number;
      const { items, hasNextPage } = await read(pageRequest(size, after));
      visited.push(...items.map(({ id }) => id));
      expect(hasNextPage ? items.length : size).toBe(size);
      if (!hasNextPage) return visited;
      await betweenPages(pages + 1);
      after = encodeCursor(visited.at(-1) as number);
    }
    throw new Error(`the list has no end after ${MAX_PAGES} pages`);
  }

  const newestFirst = (ids: readonly number[]) => [...ids].sort((a, b) => b - a);

  test.each<[string, (eventId: number) => BookingFilter, readonly string[]]>([
    ['of an event', (eventId) => ({ eventId }), USERS],
    ['of one user', (eventId) => ({ eventId, userId: 'alice' }), ['alice']],
    ['of one status', (eventId) => ({ eventId, status: 'PENDING' }), USERS],
  ])('visits every booking %s once, newest first, while new ones arrive', async (_of, filterOf, users) => {
    const buyers = fc.array(fc.constantFrom(...USERS), { maxLength: MAX_ROWS });
    await fc.assert(
      fc.asyncProperty(buyers, sizes, arrivals, async (first, pageSizes, arriving) => {
        const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 10_000 });
        const book = (userIds: readonly string[]) =>
          Promise.all(userIds.map(async (userId) => bookingOf(await office.container.bookTicket({ eventId, userId }))));
        const there = (await book(first)).filter(({ userId }) => users.includes(userId)).map(({ id }) => id);
        const visited = await walk(
          (request) => office.container.bookings.page(filterOf(eventId), request),
          pageSizes,
          (pages) => book(Array.from({ length: arriving[pages - 1] ?? 0 }, (_, i) => USERS[i % 2] as string)),
        );
        expect(visited).toEqual(newestFirst(there));
      }),
      { numRuns: NUM_RUNS, interruptAfterTimeLimit: maxSearchMs },
    );
  });

  test('visits every event once, newest first, while new ones arrive', async () => {
    const create = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () => office.container.createEvent({ title: 'Concert', capacity: 10 })),
      );
    const known = (await office.container.db.em().execute<{ id: number }[]>('select id from events')).map(
      ({ id }) => id,
    );
    const many = fc.integer({ min: 5, max: 20 }).map((size) => size * 5);
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.array(many, { minLength: 1 }), arrivals, async (count, pageSizes, arriving) => {
        known.push(...(await create(count)).map(({ id }) => id));
        const there = newestFirst(known);
        const visited = await walk(
          (request) => office.container.events.page(request),
          pageSizes,
          async (pages) => known.push(...(await create(arriving[pages - 1] ?? 0)).map(({ id }) => id)),
        );
        expect(visited).toEqual(there);
      }),
      { numRuns: NUM_RUNS, interruptAfterTimeLimit: maxSearchMs },
    );
  });
});
