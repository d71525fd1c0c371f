import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { sqlitePlans, statementsOf, touchedByEach } from '../support/noted-statements.ts';
import { tally } from '../support/outcomes.ts';

const LIMIT = 5;
const OTHERS = 20_000;
/** Of the buyer, holding no places: cancelled, or of another event. */
const BESIDES = 3_000;
/** As many as the limit and one more, PENDING and FINALIZED, in a statement; and the row that is written. */
const FEW_ROWS = 2 * (LIMIT + 1) + 1;
const BUYER = 'buyer';

describe.each(['embedded', 'postgresql + redis'] as const)(
  '%s: a booking of an event with a limit per user',
  (setup) => {
    const kind = setup === 'embedded' ? 'sqlite' : 'postgresql';
    let office: BoxOffice;
    let eventId: number;

    beforeAll(async () => {
      office = await openBoxOffice(setup, { worker: false, overrides: { database: { patient: true } } });
      const { createEvent } = office.container;
      ({ id: eventId } = await createEvent({ title: 'Concert', capacity: 1_000_000, maxPerUser: LIMIT }));
      const { id: other } = await createEvent({ title: 'Concert', capacity: 1_000_000 });
      await seed(eventId, 'FINALIZED', OTHERS, "'other-' || (i % 500)");
      await seed(eventId, 'PENDING', OTHERS, "'other-' || (i % 500)");
      await seed(eventId, 'CANCELLED', BESIDES, `'${BUYER}'`);
      await seed(other, 'FINALIZED', BESIDES, `'${BUYER}'`);
      await execute(`update events set booked_count = ${2 * OTHERS} where id = ${eventId}`);
    });
    afterAll(async () => {
      await execute("delete from bookings where reference like 'seeded-%'");
      await execute(`update events set booked_count = (select coalesce(sum(quantity), 0) from bookings
      where event_id = events.id and status = 'PENDING')`);
      await office.close();
    });

    const execute = (statement: string) => office.container.db.em().execute(statement);

    function seed(event: number, status: string, count: number, user: string): Promise<unknown> {
      const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`;
      const now = kind === 'sqlite' ? '0' : 'now()';
      return execute(`insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
      ${numbers} select 'seeded-' || ${event} || '${status}' || i, ${event}, ${user}, 1, '${status}', 'x', 1, ${now}, ${now} from n`);
    }

    test('reads as many bookings of that user as the limit allows, whatever there is besides', async () => {
      const { bookTicket, db } = office.container;
      const outcomes: Awaited<ReturnType<typeof bookTicket>>[] = [];
      const sent = await statementsOf(db, async () => {
        for (let i = 0; i <= LIMIT; i++) outcomes.push(await bookTicket({ eventId, userId: BUYER }));
      });
      expect(tally(outcomes)).toEqual({ booked: LIMIT, LIMIT_REACHED: 1 });
      const guards = sent.filter(({ sql }) => /sum\(quantity\)/.test(sql));
      expect(guards.length).toBeGreaterThan(LIMIT);

      if (kind === 'postgresql') {
        const touched = await touchedByEach(db, sent);
        expect([...touched].filter(([, rows]) => rows > FEW_ROWS)).toEqual([]);
        return;
      }
      for (const plan of (await sqlitePlans(db, guards)).values()) {
        const ways = plan.split('\n').filter((line) => /\bbookings\b/.test(line));
        expect(ways).toEqual([
          expect.stringMatching(/COVERING INDEX .*\(event_id=\? AND user_id=\? AND status=\?\)/),
          expect.stringMatching(/COVERING INDEX .*\(event_id=\? AND user_id=\?\)/),
          expect.stringMatching(/COVERING INDEX .*\(event_id=\? AND user_id=\? AND status=\?\)/),
        ]);
        expect(plan).not.toContain('TEMP B-TREE');
      }
      for (const { sql, parameters } of guards) {
        expect(sql.match(/\blimit \?/g)?.length).toBe(3);
        expect(parameters.filter((parameter) => parameter === LIMIT + 1).length).toBeGreaterThanOrEqual(3);
      }
    });
  },
);
