import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstWaiting } from '../../src/bookings/offers/first-waiting.ts';
import { lapseWaiting } from '../../src/bookings/offers/lapse-waiting.ts';
import { offerFreePlaces } from '../../src/bookings/offers/offer-free-places.ts';
import { eventsWithOffersOwed, waitedForEvents } from '../../src/waiting-list/waited-for-events.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { hold } from '../support/holds.ts';
import { sqlitePlans, statementsOf, touchedByEach } from '../support/noted-statements.ts';
import { untold } from '../support/offers.ts';
import { join } from '../support/waiting-list.ts';

/** Entries of one event, each of which wants more places than come back. */
const SEEDED = 30_000;
const OTHER_EVENTS = 300;
const PAGE = 20;
/** As many as are counted before somebody who waits. */
const FEW_ROWS = 1_000;
const STATISTICS = {
  postgresql: {
    'of a time with few entries': 'select 1',
    missing: "delete from pg_statistic where starelid = 'waiting_list'::regclass",
    'of now': 'analyze waiting_list',
  },
  sqlite: { missing: 'select 1', 'of now': 'analyze' },
};

function seed(kind: 'sqlite' | 'postgresql', eventId: string, count: number): string {
  const [rows, now] =
    kind === 'postgresql'
      ? [`generate_series(1, ${count}) as rows(i)`, 'now()']
      : [
          `(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}) select i from n) as rows`,
          '0',
        ];
  return `insert into waiting_list (event_id, user_id, quantity, status, version, created_at, updated_at)
    select ${eventId}, 'seeded-' || i, 60 + i % 40, 'WAITING', 1, ${now}, ${now} from ${rows}`;
}

describe.each(['embedded', 'postgresql + redis'] as const)('%s', (setup) => {
  let office: BoxOffice;
  let eventId: number;
  let users = 0;
  const kind = setup === 'embedded' ? 'sqlite' : 'postgresql';
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false, overrides: { database: { patient: true } } });
    const { container } = office;
    const { createEvent, db } = container;
    ({ id: eventId } = await createEvent({ title: 'Concert', capacity: 50, maxPerBooking: 100 }));
    const held = await hold(container, eventId, 50);
    await join(container, eventId, 'early');
    await container.cancelBooking(held.id);
    if (kind === 'postgresql') {
      await db.em().execute('alter table waiting_list set (autovacuum_enabled = false); analyze waiting_list');
    }
    await db.em().execute(seed(kind, `${eventId}`, SEEDED));
    await db.em().execute(seed(kind, '1000000 + i', OTHER_EVENTS));
  });
  afterAll(async () => {
    await office.container.db.em().execute("delete from waiting_list where user_id like 'seeded-%'");
    await office.close();
  });

  /** @returns the statements about the waiting list */
  async function readsFewRows(work: () => Promise<unknown>): Promise<string[]> {
    const { db } = office.container;
    const sent = (await statementsOf(db, work)).filter(({ sql }) => /waiting_list|set_config/.test(sql));
    if (kind === 'postgresql') {
      const touched = await touchedByEach(db, sent);
      expect([...touched].filter(([, rows]) => rows > FEW_ROWS)).toEqual([]);
    } else {
      for (const [statement, plan] of await sqlitePlans(db, sent)) {
        expect({ statement, plan }).not.toMatchObject({
          plan: expect.stringMatching(
            /\b(entries|waiting_list)\b.*\nUSE TEMP B-TREE FOR ORDER|SCAN (entries|waiting_list)\b/,
          ),
        });
      }
    }
    return sent.map(({ sql }) => sql).filter((sql) => sql.includes('waiting_list'));
  }

  describe.each(Object.entries(STATISTICS[kind]))('with statistics that are %s', (_name, prepare) => {
    beforeAll(() => office.container.db.em().execute(prepare));

    test('who joins, leaves, waits, is offered a place, or books, reads few entries of a long list', async () => {
      const { db, joinWaitingList, leaveWaitingList, waitingList, bookTicket, cancelBooking } = office.container;
      const { capacity = 0, bookedCount = 0 } = (await office.container.events.find(eventId)) ?? {};
      const { id } = await hold(office.container, eventId, capacity - bookedCount);
      const [before, behind] = [`user-${++users}`, `user-${++users}`];
      await readsFewRows(() => joinWaitingList({ eventId, userId: before, quantity: 5 }));
      await readsFewRows(() => joinWaitingList({ eventId, userId: behind, quantity: 3 }));
      const entry = await join(office.container, eventId, behind);
      await readsFewRows(() => bookTicket({ eventId, userId: 'alice' }));
      await readsFewRows(() => firstWaiting(db, eventId, PAGE));
      const offering = await readsFewRows(() => cancelBooking(id));
      expect(offering.filter((statement) => statement.includes('recursive'))).toHaveLength(1);
      expect((await waitingList.find(entry.id))?.status).toBe('OFFERED');
      await readsFewRows(() => waitingList.offers([entry.id]));
      await readsFewRows(() => leaveWaitingList(entry.id));
      await readsFewRows(() => offerFreePlaces(untold(db), eventId, new Date()));
    });

    test('the worker reads one entry of each event that somebody waits for', async () => {
      const { db } = office.container;
      await readsFewRows(() => waitedForEvents(db, new Date(), { after: 0, limit: PAGE }));
      await readsFewRows(() => waitedForEvents(db, new Date(), { after: eventId, limit: PAGE }));
      await readsFewRows(() => eventsWithOffersOwed(db, new Date(), PAGE));
      const signal = AbortSignal.abort();
      await lapseWaiting({ db, now: () => new Date(), announceEntries: () => undefined }, eventId, signal);
    });
  });
});
