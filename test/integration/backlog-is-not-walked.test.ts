import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusOfFound } from '../../src/bookings/transition.ts';
import { claimStatement, makeAllDue } from '../../src/finalization/pending-bookings.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { type Explained, rowsTouched } from '../support/noted-statements.ts';
import { bookingOf, rush } from '../support/outcomes.ts';

/** So many that no plan reads them all. */
const EARLIER = 20_000;
const BACKLOG = 2_000;
const MOVED = 50;

let office: BoxOffice;
let ids: number[];
beforeAll(async () => {
  const overrides = { database: { patient: true } };
  office = await openBoxOffice('postgresql + redis', { worker: false, overrides });
  const { container } = office;
  const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10_000 });
  await container.db.em().execute(`
    insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
    select 'earlier-' || i, ${eventId}, 'buyer-' || i, 1, 'CANCELLED', 'event=${eventId}&quantity=1', 2, now(), now()
    from generate_series(1, ${EARLIER}) as rows(i)`);
  // As autovacuum leaves it before a sale, and it does not come again meanwhile: nothing is PENDING.
  await container.db.em().execute('alter table bookings set (autovacuum_enabled = false)');
  await container.db.em().execute('vacuum analyze bookings');
  const backlog = await rush(BACKLOG, async (i) =>
    bookingOf(await container.bookTicket({ eventId, userId: `u-${i}` })),
  );
  ids = backlog.slice(0, MOVED).map(({ id }) => id);
});
afterAll(() => office.close());

const explain = (statement: RawBuilder<unknown>) => sql<Explained>`explain (analyze, format json) ${statement}`;

test('finalizing a few of a large backlog reads those few, whatever the statistics say', async () => {
  const { db } = office.container;
  const move = sql`update bookings set version = version where id ${db.oneOf(ids)} and ${statusOfFound} in ('PENDING')`;
  const { rows } = await db.transaction('explain', (tx) => explain(move).execute(tx.getKysely()));
  expect(rowsTouched(rows)).toBeLessThanOrEqual(3 * MOVED);
});

test.each([
  ['are of a time without a backlog', 'select 1'],
  [
    'are not there',
    `delete from pg_statistic where starelid = 'bookings'::regclass;
     update pg_class set reltuples = -1 where oid in ('bookings'::regclass, 'bookings_status_page'::regclass)`,
  ],
  ['know the backlog', 'analyze bookings'],
])('the sweeper takes a few of it without reading the others, when the statistics %s', async (_when, prepare) => {
  const { db } = office.container;
  await makeAllDue(db);
  await db.em().execute(prepare);
  const claim = claimStatement(db, { after: 0, limit: MOVED, ageMs: 0, except: ids.slice(0, 10) });
  expect(rowsTouched(await db.orderedByIndex(explain(claim)))).toBeLessThanOrEqual(4 * MOVED);
});
