import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BOOKING_STATUSES } from '../../src/bookings/booking-status.ts';
import type { BookingFilter } from '../../src/bookings/booking-walks.ts';
import { eraseUser } from '../../src/bookings/erase-user.ts';
import { expireHolds } from '../../src/bookings/expire-holds.ts';
import { readIdsAfter } from '../../src/bookings/live/recent-bookings.ts';
import { eventsToCancel, idsOfBookings } from '../../src/cancellation/cancelled-events.ts';
import { claimDue, nextDueInMs } from '../../src/finalization/pending-bookings.ts';
import { eventsWithHoldsOver, nextExpiryInMs } from '../../src/holds/holds-to-expire.ts';
import { claimDueMails, countOwedMails, nextMailDueInMs } from '../../src/mail/due-mails.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { sqlitePlans, statementsOf, touchedByEach } from '../support/noted-statements.ts';
import { untold } from '../support/offers.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { qrPayloadOf } from '../support/tickets.ts';

const SEEDED = 30_000;
/** Statuses come in blocks of so many ids, so that a walk that filters by status has far to go. */
const BLOCK = 3_000;
const PAGE = 20;
const SHOP = 'shop';
/** Of a FINALIZED booking of event 1. */
const CODE = 'seeded-4';
/** Four walks of a page and one row more; or a page that is found, locked and written. */
const FEW_ROWS = 6 * (PAGE + 1);

const FILTERS: BookingFilter[] = [{}, { eventId: 1 }].flatMap((event) =>
  [{}, { userId: SHOP }].flatMap((user) =>
    [{}, ...BOOKING_STATUSES.map((status) => ({ status }))].map((status) => ({ ...event, ...user, ...status })),
  ),
);
const STATISTICS = {
  postgresql: {
    'of a time with few bookings': 'select 1',
    missing: "delete from pg_statistic where starelid = 'bookings'::regclass",
    'of now': 'analyze bookings',
  },
  sqlite: { missing: 'select 1', 'of now': 'analyze' },
};

function seed(kind: 'sqlite' | 'postgresql', limitedEvent: number): string {
  const [rows, now] =
    kind === 'postgresql'
      ? [`generate_series(1, ${SEEDED}) as rows(i)`, 'now()']
      : [
          `(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${SEEDED}) select i from n) as rows`,
          '0',
        ];
  const statuses = ['FINALIZED', 'PENDING', 'FAILED', 'HELD', 'CANCELLED'].map(
    (status, i) => `when ${i} then '${status}'`,
  );
  const good = kind === 'postgresql' ? "now() + interval '1 hour'" : "unixepoch('subsec') * 1000 + 3600000";
  return `insert into bookings (expires_at, reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
    select ${good}, 'seeded-' || i, case when i % 3 = 0 then ${limitedEvent} else 1 end,
      case when i % 2 = 0 then '${SHOP}' else 'buyer-' || (i % 500) end, 1,
      case (i / ${BLOCK}) % 5 ${statuses.join(' ')} end, 'x', 1, ${now}, ${now} from ${rows}`;
}

describe.each(['embedded', 'postgresql + redis'] as const)('%s', (setup) => {
  let office: BoxOffice;
  let limitedEvent: number;
  /** With a thousand holds, all of which are good. */
  let fullEvent: number;
  let scans = 0;
  let erased = 0;
  const kind = setup === 'embedded' ? 'sqlite' : 'postgresql';
  beforeAll(async () => {
    // Patient: what is seeded takes longer than a request may.
    office = await openBoxOffice(setup, { worker: false, overrides: { database: { patient: true } } });
    const { createEvent, bookTicket, db } = office.container;
    const { id } = await createEvent({ title: 'Concert', capacity: 100_000 });
    ({ id: limitedEvent } = await createEvent({ title: 'Concert', capacity: 100_000, maxPerUser: 20_000 }));
    await rush(50, async (i) => bookingOf(await bookTicket({ eventId: id, userId: `early-${i}` })));
    if (kind === 'postgresql') {
      await db.em().execute('alter table bookings set (autovacuum_enabled = false); analyze bookings');
    }
    await db.em().execute(seed(kind, limitedEvent));
    await db.em().execute(`insert into tickets (booking_id, serial, code)
      select id, 1, reference from bookings where reference like 'seeded-%' and status = 'FINALIZED'`);
    // The limit is looked at only when as many places are taken in all.
    await db.em().execute(`update events set booked_count = 50000 where id = ${limitedEvent}`);
    ({ id: fullEvent } = await createEvent({ title: 'Concert', capacity: 500 }));
    await db.em().execute(`update bookings set event_id = ${fullEvent} where status = 'HELD' and id % 2 = 0`);
    await db.em().execute(`update events set booked_count = 500, held_count = 500 where id = ${fullEvent}`);
  });
  afterAll(async () => {
    const { db } = office.container;
    await db.em().execute('delete from check_in_undos');
    await db.em().execute("delete from tickets where code like 'seeded-%'");
    await db.em().execute("delete from bookings where reference like 'seeded-%'");
    await db.em().execute(`update events set finalized_count = 0, held_count = 0, booked_count =
      (select coalesce(sum(quantity), 0) from bookings where event_id = events.id and status = 'PENDING')`);
    await office.close();
  });

  async function readsFewRows(work: () => Promise<unknown>): Promise<void> {
    const { db } = office.container;
    const sent = await statementsOf(db, work);
    if (kind === 'postgresql') {
      const touched = await touchedByEach(db, sent);
      expect([...touched].filter(([, rows]) => rows > FEW_ROWS)).toEqual([]);
      expect(sent.length).toBeGreaterThan(0);
      return;
    }
    for (const [statement, plan] of await sqlitePlans(db, sent)) {
      expect({ statement, plan }).not.toMatchObject({
        plan: expect.stringMatching(
          /\b(bookings|tickets|events)\b.*\nUSE TEMP B-TREE FOR ORDER|SCAN (bookings|tickets)\b(?!.*USING)/,
        ),
      });
    }
  }

  describe.each(Object.entries(STATISTICS[kind]))('with statistics that are %s', (_name, prepare) => {
    beforeAll(() => office.container.db.em().execute(prepare));

    test.each(FILTERS)(
      'a page of bookings by $eventId $userId $status reads that page only, from any cursor',
      async (filter) => {
        const { bookings } = office.container;
        for (const before of [null, SEEDED, SEEDED / 2, 1]) {
          if (Object.keys(filter).length === 0 && kind === 'sqlite') continue;
          await readsFewRows(() => bookings.page(filter, { size: PAGE, before }));
        }
      },
    );

    test('what a booking, a watcher and the sweeper read are the rows they are about', async () => {
      const { bookTicket, bookings, events, tickets, db } = office.container;
      await readsFewRows(() => bookTicket({ eventId: limitedEvent, userId: 'alice', idempotencyKey: 'k' }));
      await readsFewRows(() => bookTicket({ eventId: 1, userId: SHOP, idempotencyKey: 'k' }));
      await readsFewRows(() => bookings.find(7));
      await readsFewRows(() => bookings.ofEvent(1, SEEDED / 2, PAGE));
      await readsFewRows(() => eraseUser(db, `early-${++erased}`));
      await readsFewRows(() => events.page({ size: PAGE, before: null }));
      await readsFewRows(() => tickets.ofBookings([1, 2]));
      await readsFewRows(() => readIdsAfter(db, 1, SEEDED / 2, PAGE));
      await readsFewRows(() => claimDue(db, { after: 5, limit: PAGE, ageMs: 0, except: [7, 8] }));
      await readsFewRows(() => nextDueInMs(db));
      await readsFewRows(() => eventsToCancel(db, 0, PAGE));
      await readsFewRows(() => bookTicket({ eventId: fullEvent, userId: 'alice' }));
      await readsFewRows(() => expireHolds(untold(db), fullEvent, new Date()));
      await readsFewRows(() => eventsWithHoldsOver(db, PAGE));
      await readsFewRows(() => nextExpiryInMs(db));
      for (const status of BOOKING_STATUSES) {
        await readsFewRows(() => idsOfBookings(db, { eventId: 1, status, after: SEEDED / 2, limit: PAGE }));
      }
    });

    test('a sales curve reads the entries that it adds up, and a look at the health of the service a few', async () => {
      const { salesCurve, serviceHealth, bookings, db } = office.container;
      const sent = await statementsOf(db, () => salesCurve(1, { from: null, to: null }));
      const curve = await salesCurve(1, { from: null, to: null });
      const ofCurve = curve?.points.at(-1)?.bookedCount ?? 0;
      expect(ofCurve).toBeGreaterThan(BLOCK);
      if (kind === 'postgresql') {
        const touched = [...(await touchedByEach(db, sent)).values()];
        expect(Math.max(...touched)).toBeLessThanOrEqual(ofCurve);
      } else {
        const plans = [...(await sqlitePlans(db, sent)).values()].filter((plan) => /bookings_sales/.test(plan));
        expect(plans).toEqual([
          expect.stringMatching(/COVERING INDEX bookings_sales \(event_id=\?\)/),
          expect.stringMatching(/COVERING INDEX bookings_sales \(event_id=\? AND created_at>\? AND created_at<\?\)/),
        ]);
        for (const plan of plans) expect(plan).not.toContain('TEMP B-TREE');
      }
      await readsFewRows(() => bookings.page({ reference: 'seeded-7', eventId: 1 }, { size: PAGE, before: null }));
      const health = await statementsOf(db, serviceHealth);
      expect(health).toHaveLength(kind === 'sqlite' ? 1 : 4);
    });

    test('what the mailer reads and writes are the mails that are due', async () => {
      const { db } = office.container;
      await readsFewRows(() => claimDueMails(db, PAGE, [7, 8]));
      await readsFewRows(() => nextMailDueInMs(db));
      await readsFewRows(() => countOwedMails(db));
    });

    test('what the door reads and writes are the tickets that are scanned, and their bookings', async () => {
      const { checkIn, checkInBatch, undoCheckIn, tickets } = office.container;
      const { id } = (await tickets.findByCode(CODE)) as { id: number };
      const qrPayload = await qrPayloadOf(office.container, 1, CODE);
      const scan = { deviceId: 'gate-1', nonce: `${++scans}` };
      await readsFewRows(() => checkIn({ eventId: 1, code: CODE, ...scan }));
      await readsFewRows(() => checkIn({ eventId: 1, code: CODE, ...scan }));
      await readsFewRows(() => undoCheckIn(id, 'mistake'));
      const later = { deviceId: 'gate-2', nonce: scan.nonce, qrPayload, scannedAt: new Date() };
      await readsFewRows(() => checkInBatch(1, [later, { ...later, nonce: 'another' }]));
      await readsFewRows(() => undoCheckIn(id, 'mistake'));
    });
  });
});

describe.each(['embedded', 'postgresql + redis'] as const)('%s: a page of bookings', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
  });
  afterAll(() => office.close());

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
