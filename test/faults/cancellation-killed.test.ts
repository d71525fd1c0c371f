import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import type { Event } from '../../src/events/event.entity.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { type Failpoint, failing } from '../support/failing-boxoffice.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { readNumber } from '../support/outcomes.ts';
import type { Setup } from '../support/setups.ts';

const GROUP = 500;
const BOOKINGS = 2 * GROUP + 200;

let fleet: Fleet;
let container: Container;
afterEach(async () => {
  await container.close();
  await fleet.close();
});

/** FINALIZED, so that nothing else is done with them. */
async function seedBookings(eventId: number): Promise<void> {
  const numbers = `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${BOOKINGS})`;
  const columns =
    'reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at, finalized_at';
  const run = (sql: string) => container.db.em().execute(sql);
  await run(`${numbers} insert into bookings (${columns})
    select 'seeded-' || i, id, 'buyer-' || i, 1, 'FINALIZED', '', 2, created_at, created_at, created_at
    from n, events where id = ${eventId}`);
  await run('insert into tickets (booking_id, serial, code) select id, 1, reference from bookings');
  await run(`update events set booked_count = ${BOOKINGS}, finalized_count = ${BOOKINGS} where id = ${eventId}`);
}

test.each<[Setup, 'serve' | 'worker', Failpoint]>([
  ['embedded', 'serve', 'CANCELLED:before-commit=kill@2'],
  ['sqlite + redis', 'worker', 'CANCELLED:after-commit=kill@1'],
  ['postgresql + redis', 'worker', 'CANCELLED:before-commit=kill@2'],
])(
  '%s: a `%s` that is killed while it cancels the bookings of an event leaves the others to the next one: %s',
  async (setup, role, failpoint) => {
    fleet = await openFleet(setup);
    container = await createContainer(readConfig(fleet.env), { database: { onWarning: () => undefined } });
    await migrate(container.db);
    const { id } = await container.createEvent({ title: 'Concert', capacity: BOOKINGS });
    await seedBookings(id);
    await container.cancelEvent(id, 'The band is ill.');

    const killed = new BoxOfficeProcess([role], { ...fleet.env, ...failing(failpoint) });
    fleet.processes.push(killed);
    expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
    const event = async () => (await container.events.find(id)) as Event;
    const count = (condition: string) =>
      readNumber(container.db, `select count(*) from bookings where event_id = ${id} and ${condition}`);
    const cancelled = () => count("status = 'CANCELLED'");
    // (control) Nobody else takes them up: one group was cancelled, with its places, and of the next one nothing.
    expect([await cancelled(), (await event()).bookedCount]).toEqual([GROUP, BOOKINGS - GROUP]);
    expect((await event()).bookingsCancelledAt).toBeNull();
    await fleet.verify();

    container.startWorker();
    await eventually(async () => expect((await event()).bookingsCancelledAt).not.toBeNull());
    expect([await cancelled(), (await event()).bookedCount]).toEqual([BOOKINGS, 0]);
    expect(await count('version <> 3')).toBe(0);
  },
);
