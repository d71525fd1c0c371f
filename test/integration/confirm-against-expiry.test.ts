import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Container } from '../../src/container.ts';
import { openTwoProcesses, type TwoProcesses } from '../support/box-office.ts';
import { hold, letEnd } from '../support/holds.ts';
import { everybodyReadsFirst, rush } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

const BATCHES = 10;
const HOLDS = 100;
/** Before and after the end of the holds their buyers come, unless the machine is too busy, or too fast, for both to happen. */
const AROUND_MS = 12;

describe.each(SETUPS)('%s: confirmations at the millisecond at which holds end', (setup) => {
  let processes: TwoProcesses;
  let box: Container;
  beforeAll(async () => {
    processes = await openTwoProcesses(setup);
    box = processes.office.container;
  });
  afterAll(() => processes.close());
  const at = (n: number) => processes.at(n);

  test('each ends confirmed or EXPIRED, once; both who confirm it are told the same, and the places agree', async () => {
    const ends = { confirmed: 0, EXPIRED: 0 };
    let aroundMs = AROUND_MS;
    for (let batch = 0; batch < BATCHES; batch++) {
      const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: HOLDS });
      const holds = await rush(HOLDS, () => hold(box, eventId));
      await letEnd(box.db, aroundMs, `event_id = ${eventId}`);
      const told = await rush(2 * HOLDS, async (n) => {
        const { id } = holds[n % HOLDS] as { id: number };
        await pause(((n % HOLDS) * 2 * aroundMs) / HOLDS);
        const outcome = await at(n < HOLDS ? 0 : 1).confirmBooking(id, { idempotencyKey: `${n}` });
        return outcome.kind === 'booked' ? 'confirmed' : outcome.code;
      });
      const others = await rush(HOLDS, (n) => at(n).bookTicket({ eventId, userId: 'another' }));
      let kept = 0;
      for (const [n, { id }] of holds.entries()) {
        const row = await box.bookings.find(id);
        const end = row?.confirmedAt ? 'confirmed' : 'EXPIRED';
        if (end === 'EXPIRED') expect(row?.status).toBe('EXPIRED');
        else kept++;
        ends[end]++;
        const expected = end === 'confirmed' ? end : 'HOLD_EXPIRED';
        expect([told[n], told[n + HOLDS]]).toEqual([expected, expected]);
      }
      expect(others.filter(({ kind }) => kind === 'booked')).toHaveLength(HOLDS - kept);
      expect(await box.events.find(eventId)).toMatchObject({ bookedCount: HOLDS, heldCount: 0 });
      if (kept === 0) aroundMs *= 3;
      if (kept === HOLDS) aroundMs = Math.ceil(aroundMs / 3);
    }
    // Both happened, so they did meet.
    expect(Math.min(ends.confirmed, ends.EXPIRED)).toBeGreaterThan(0);
  });

  describe('(control)', () => {
    const run = (statement: string) => box.db.em().execute<{ status: string }[]>(statement);
    const read = async () => (await run('select status from control_holds'))[0]?.status;
    const become = async (guard: string) => {
      const won: string[] = [];
      await run('delete from control_holds');
      await run("insert into control_holds values ('HELD')");
      const ends = ['PENDING', 'EXPIRED'];
      await everybodyReadsFirst(2, read, async (seen) => {
        const end = ends.pop();
        if (seen !== 'HELD') return;
        const rows = await run(`update control_holds set status = '${end}' ${guard} returning status`);
        if (rows.length > 0) won.push(end as string);
      });
      return won;
    };
    beforeAll(() => run('create table control_holds (status varchar(16) not null)'));

    test('that look at the hold first and write then are both told that they came first', async () => {
      expect(await become('')).toHaveLength(2);
    });

    test('that have the condition in the UPDATE are not', async () => {
      expect(await become("where status = 'HELD'")).toHaveLength(1);
    });
  });
});
