import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { claimStatement } from '../../src/issuance/pending-bookings.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { bookingOf, rush } from '../support/outcomes.ts';

const COLUMNS = 'id, reference, event_id, user_id, status';
const PAGES: [string, string][] = [
  ['all bookings', `select ${COLUMNS} from bookings order by id desc limit 21`],
  ['after a cursor', `select ${COLUMNS} from bookings where id < 500 order by id desc limit 21`],
  ['by event', `select ${COLUMNS} from bookings where event_id = 1 order by id desc limit 21`],
  [
    'by event, after a cursor',
    `select ${COLUMNS} from bookings where event_id = 1 and id < 500 order by id desc limit 21`,
  ],
  ['by user', `select ${COLUMNS} from bookings where user_id = 'alice' order by id desc limit 21`],
  ['by status', `select ${COLUMNS} from bookings where status = 'FAILED' order by id desc limit 21`],
  ['when the next is due', `select min(due_at) from bookings where status = 'PENDING' and due_at > '2030-01-01'`],
  ['by key', `select ${COLUMNS} from bookings where user_id in ('a') and idempotency_key in ('k', 'l')`],
  ['tickets', 'select * from tickets where booking_id in (1, 2) order by booking_id, serial'],
];

describe.each(['embedded', 'postgresql + redis'] as const)('%s: a page of bookings', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
  });
  afterAll(() => office.close());

  test.each(PAGES)('%s is read from an index, without a scan or a sort', async (_page, query) => {
    const { db } = office.container;
    const plan = await db.transaction('explain', async (tx) => {
      if (db.kind === 'sqlite') return tx.execute<object[]>(`explain query plan ${query}`);
      await tx.execute(
        'set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off',
      );
      return tx.execute<object[]>(`explain ${query}`);
    });
    const text = JSON.stringify(plan);
    expect(text).not.toMatch(/Seq Scan|Sort|TEMP B-TREE/);
    // A walk along the primary key from its end is what a page without a filter is.
    expect(text).toMatch(/Index (Only )?Scan|USING (INDEX|INTEGER PRIMARY KEY|COVERING INDEX)|SCAN bookings/);
    if (/ where /.test(query)) expect(text).not.toMatch(/SCAN (bookings|tickets)(?! USING)/);
  });

  test('what the sweeper claims is found by the index of what is PENDING, in its order', async () => {
    const { db } = office.container;
    const claim = claimStatement(db, { after: 5, limit: 100, ageMs: 1_000, except: [7, 8] });
    const plan = await db.orderedByIndex(
      db.kind === 'sqlite' ? sql`explain query plan ${claim}` : sql`explain ${claim}`,
    );
    const text = JSON.stringify(plan);
    expect(text).toMatch(/INDEX bookings_pending_page|Index Scan using bookings_pending_page/);
    expect(text).not.toMatch(/Sort|ORDER BY|SCAN bookings(?! USING)/);
  });

  test('of 50 with events and tickets costs one read of each, not one per booking', async () => {
    const events = await rush(5, () => office.container.createEvent({ title: 'Concert', capacity: 100 }));
    const bookings = await rush(50, async (i) =>
      bookingOf(await office.container.bookTicket({ eventId: events[i % 5]?.id ?? 0, userId: 'alice', quantity: 2 })),
    );
    await eventually(
      async () => {
        for (const { id } of bookings) expect((await office.container.bookings.find(id))?.status).toBe('FINALIZED');
      },
      { timeoutMs: 15_000 },
    );
    const reads = [
      vi.spyOn(office.container.bookings, 'page'),
      vi.spyOn(office.container.events, 'findMany'),
      vi.spyOn(office.container.tickets, 'ofBookings'),
      vi.spyOn(office.container.events, 'find'),
    ];
    const query = `{ bookings(userId: "alice", first: 50) { edges { node { id event { title } tickets { code } } } } }`;
    const page = await graphqlData<{ bookings: { edges: { node: { tickets: object[] } }[] } }>(office.url, query);
    expect(page.bookings.edges.map(({ node }) => node.tickets.length)).toEqual(Array.from({ length: 50 }, () => 2));
    expect(reads.map((read) => read.mock.calls.length)).toEqual([1, 1, 1, 0]);
  });
});
