import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { WaitingOrder } from '../../src/audit/waiting-order.ts';
import { WAITING_LIST_STATUSES } from '../../src/bookings/offers/waiting-list-entry.entity.ts';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { createEmptyDatabase, DATABASE_KINDS, type TestDatabase } from '../support/databases.ts';

const AGREE = 'an entry of a waiting list and the booking that was offered to it agree';
const NOBODY_OVERTAKES = 'nobody overtakes on a waiting list among those whose quantity fits';
const OFFERED_WHAT_IS_FREE = 'whoever waits for places that are free is offered them within two hours';
const ENDS_WITH_ITS_EVENT = 'nobody waits for places of a cancelled event for more than two hours';
const OFFERED_TO_SOMEBODY = 'a booking that was offered is of an entry of a waiting list';

interface Entry {
  readonly id: number;
  readonly event?: number;
  readonly user?: string;
  readonly quantity?: number;
  readonly status?: string;
  readonly version?: number;
  /** In seconds before now; as below. */
  readonly joined?: number;
  /** null: it was offered nothing. */
  readonly offered?: number | null;
}

interface Offer {
  readonly id: number;
  readonly entry: number;
  readonly event?: number;
  readonly user?: string;
  readonly quantity?: number;
  readonly status?: string;
  readonly confirmed?: boolean;
}

describe.each(DATABASE_KINDS)('%s: verify', (kind) => {
  let database: TestDatabase;
  let container: Container;
  /** Sold out, with room for what the tests offer. */
  let eventId: number;
  let otherId: number;

  const run = (sql: string) => container.db.em().execute<{ id: number }[]>(sql);
  const found = async () =>
    Object.fromEntries((await verify(container.db)).map(({ promise, rows }) => [promise, rows]));
  const ago = (seconds: number) =>
    kind === 'sqlite'
      ? `cast(unixepoch('subsec') * 1000 as integer) - ${seconds * 1_000}`
      : `now() - interval '${seconds} seconds'`;

  async function insertEntries(...entries: Entry[]): Promise<void> {
    const rows = entries.map(({ id, user = `user-${id}`, quantity = 1, joined = 600, ...entry }) => {
      const { event = eventId, offered = null, status = 'WAITING', version = 1 } = entry;
      const offeredAt = offered === null ? 'null' : ago(offered);
      return `(${id}, ${event}, '${user}', ${quantity}, '${status}', ${version}, ${ago(joined)}, ${ago(0)}, ${offeredAt})`;
    });
    await run(`insert into waiting_list (id, event_id, user_id, quantity, status, version, created_at, updated_at, offered_at)
      values ${rows}`);
  }
  async function insertOffers(...offers: Offer[]): Promise<void> {
    const rows = offers.map(({ id, entry, user = `user-${entry}`, quantity = 1, status = 'EXPIRED', ...offer }) => {
      const { event = eventId, confirmed = false } = offer;
      const times = `${ago(0)}, ${ago(0)}, ${ago(0)}, ${confirmed ? ago(0) : 'null'}`;
      return `(${id}, 'offer-${id}', ${event}, '${user}', ${quantity}, '${status}', '', 2, ${entry}, ${times})`;
    });
    await run(`insert into bookings (id, reference, event_id, user_id, quantity, status, fingerprint, version, waiting_list_entry_id,
      created_at, updated_at, expires_at, confirmed_at) values ${rows}`);
  }

  beforeAll(async () => {
    database = await createEmptyDatabase(kind);
    container = await createContainer(readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal' }));
    await migrate(container.db);
    const soldOut = async () => {
      const { id } = await container.createEvent({ title: 'Concert', capacity: 5, maxPerBooking: 5 });
      await container.bookTicket({ eventId: id, userId: 'alice', quantity: 5 });
      return id;
    };
    [eventId, otherId] = [await soldOut(), await soldOut()];
  });
  afterEach(async () => {
    await run('delete from waiting_list');
    await run('delete from bookings where waiting_list_entry_id is not null');
    expect(await found()).toEqual({});
  });
  afterAll(async () => {
    await container.close();
    await database.remove();
  });

  test('finds every entry whose status, version and time of its offer do not go with its booking', async () => {
    const sound = new Set([
      'WAITING 1, joined',
      'LAPSED 2, joined',
      'LEFT 2, joined',
      'OFFERED 2, offered HELD',
      'CONVERTED 3, offered PENDING confirmed',
      'CONVERTED 3, offered FINALIZED confirmed',
      'CONVERTED 3, offered FAILED confirmed',
      'CONVERTED 3, offered CANCELLED confirmed',
      'LAPSED 3, offered EXPIRED',
      'LEFT 3, offered CANCELLED',
    ]);
    const offers = [
      'HELD',
      'EXPIRED',
      'CANCELLED',
      ...['PENDING', 'FINALIZED', 'FAILED', 'CANCELLED'].map((status) => `${status} confirmed`),
    ];
    const combinations = ['joined', 'offered', ...offers.flatMap((offer) => [`offered ${offer}`, `joined ${offer}`])]
      .flatMap((times) =>
        WAITING_LIST_STATUSES.flatMap((status) => [1, 2, 3].map((version) => ({ status, version, times }))),
      )
      .map((one, i) => ({ id: i + 1, ...one, name: `${one.status} ${one.version}, ${one.times}` }));
    // All at once, as far as anybody can tell, so nobody overtakes.
    const joined = 10;
    await insertEntries(
      ...combinations.map(({ id, status, version, times }) => {
        return { id, status, version, joined, offered: times.startsWith('offered') ? joined : null };
      }),
    );
    const offered = combinations.filter(({ times }) => times.includes(' '));
    await insertOffers(
      ...offered.map(({ id, times }) => {
        const [, status = '', confirmed] = times.split(' ');
        return { id: 1_000 + id, entry: id, status, confirmed: confirmed !== undefined };
      }),
    );
    const broken = combinations.filter(({ name }) => !sound.has(name)).map(({ id }) => `entry ${id}`);
    expect(combinations.length - broken.length).toBe(sound.size);
    expect((await found())[AGREE]).toEqual(broken.slice(0, 100));
    // The sound ones are among many; by themselves none of them is found.
    const unsound = combinations.filter(({ name }) => !sound.has(name)).map(({ id }) => id);
    await run(`delete from bookings where waiting_list_entry_id in (${unsound})`);
    await run(`delete from waiting_list where id in (${unsound})`);
    expect((await found())[AGREE]).toBeUndefined();
  });

  test('finds an entry whose offer is of another user, quantity or event; who was erased is nobody in both', async () => {
    const [offered, version, status] = [10, 3, 'LAPSED'];
    await insertEntries(...[1, 2, 3, 4, 5, 6].map((id) => ({ id, joined: 10, offered, version, status })));
    await insertOffers(
      { id: 1_001, entry: 1 },
      { id: 1_002, entry: 2, user: 'mallory' },
      { id: 1_003, entry: 3, quantity: 2 },
      { id: 1_004, entry: 4, event: otherId },
      { id: 1_005, entry: 5, user: 'erased-1' },
      { id: 1_006, entry: 6, user: 'erased-2' },
    );
    await run("update waiting_list set user_id = 'erased-3' where id = 6");
    expect(await found()).toEqual({ [AGREE]: ['entry 2', 'entry 3', 'entry 4'] });
  });

  test('finds an offer that lapsed although it was cancelled, unless its event was', async () => {
    await insertEntries({ id: 1, joined: 10, offered: 10, version: 3, status: 'LAPSED' });
    await insertOffers({ id: 1_001, entry: 1, status: 'CANCELLED' });
    expect(await found()).toEqual({ [AGREE]: ['entry 1'] });
    await run(`update events set status = 'CANCELLED', cancelled_at = ${ago(0)} where id = ${eventId}`);
    expect(await found()).toEqual({});
    await run(`update events set status = 'ON_SALE', cancelled_at = null where id = ${eventId}`);
  });

  test('finds who was offered places before somebody who has waited for longer, and for no more of them', async () => {
    const lapsed = { status: 'LAPSED', version: 3 };
    await insertEntries(
      { id: 1, quantity: 3 },
      { id: 2, quantity: 2, ...lapsed, offered: 300 },
      { id: 3, event: otherId },
      { id: 4, quantity: 2, ...lapsed, offered: 200 },
      { id: 5, quantity: 2, status: 'LEFT', version: 2 },
      { id: 6, quantity: 4, ...lapsed, offered: 100 },
    );
    await insertOffers({ id: 1_002, entry: 2, quantity: 2 }, { id: 1_004, entry: 4, quantity: 2 });
    await insertOffers({ id: 1_006, entry: 6, quantity: 4 });
    // Three wait before four, and there were four.
    expect(await found()).toEqual({ [NOBODY_OVERTAKES]: ['entry 6'] });
    await run("update waiting_list set status = 'LEFT', version = 2 where id = 1");
    expect(await found()).toEqual({});
    // The second offer was made before the first.
    await run('update bookings set id = 1001 where id = 1004');
    expect(await found()).toEqual({ [NOBODY_OVERTAKES]: ['entry 4'] });
    // Whoever is offered something so soon may not have been seen to wait.
    await run(`update waiting_list set created_at = ${ago(259)} where id = 2`);
    expect(await found()).toEqual({});
  });

  test('knows that who waited when it was read may be offered something before the next read', async () => {
    const offered = { status: 'LAPSED', version: 3 };
    await insertEntries({ id: 1, ...offered, offered: 300 }, { id: 2, ...offered, offered: 200 });
    await insertOffers({ id: 1_001, entry: 1 }, { id: 1_002, entry: 2 });
    const seen = { eventId, quantity: 1, createdAt: Date.now() - 600_000, offeredAt: null, offerId: null };
    const next = { ...seen, id: 2, status: 'LAPSED', offeredAt: Date.now(), offerId: 1_002 };
    const order = new WaitingOrder(container.db);
    expect(await order.overtakes({ ...seen, id: 1, status: 'WAITING' })).toBe(false);
    expect(await order.overtakes(next)).toBe(false);
    await run('delete from bookings where id = 1001');
    await run("update waiting_list set status = 'WAITING', version = 1, offered_at = null where id = 1");
    const control = new WaitingOrder(container.db);
    await control.overtakes({ ...seen, id: 1, status: 'WAITING' });
    expect(await control.overtakes(next)).toBe(true);
  });

  test('finds who waits for hours for places that are free, of an event that is on sale for as long', async () => {
    const set = (columns: string) => run(`update events set ${columns} where id = ${eventId}`);
    const hours = (n: number) => n * 3_600;
    await insertEntries({ id: 1, quantity: 2, joined: hours(3) }, { id: 2, quantity: 5, joined: hours(3) });
    expect(await found()).toEqual({});
    const lost = async () => (await found())[OFFERED_WHAT_IS_FREE];
    await set('capacity = 6');
    expect(await lost()).toBeUndefined();
    await set('capacity = 7');
    expect(await lost()).toEqual([`event ${eventId}`]);
    for (const closed of [
      "status = 'CLOSED'",
      `sales_open_at = ${ago(hours(1))}`,
      `sales_open_at = ${ago(-10)}`,
      `sales_close_at = ${ago(10)}`,
    ]) {
      await set(closed);
      expect([closed, await lost()]).toEqual([closed, undefined]);
      await set("status = 'ON_SALE', sales_open_at = null, sales_close_at = null");
    }
    // Offers are being made: it is a matter of time.
    await insertEntries({ id: 3, status: 'LEFT', version: 3, joined: 50, offered: 10 });
    await insertOffers({ id: 1_003, entry: 3, status: 'CANCELLED' });
    expect(await lost()).toBeUndefined();
    await run(`update waiting_list set offered_at = ${ago(hours(2.5))}, created_at = ${ago(hours(2.6))} where id = 3`);
    expect(await lost()).toEqual([`event ${eventId}`]);
    await run(`update waiting_list set created_at = ${ago(hours(1))} where id = 1`);
    expect(await lost()).toBeUndefined();
    await set('capacity = 5');
  });

  test('finds who waits for places of an event that was cancelled hours ago', async () => {
    const set = (columns: string) => run(`update events set ${columns} where id = ${eventId}`);
    await insertEntries({ id: 1 });
    await set(`status = 'CANCELLED', cancelled_at = ${ago(7_140)}`);
    const waits = async () => (await found())[ENDS_WITH_ITS_EVENT];
    expect(await waits()).toBeUndefined();
    await set(`cancelled_at = ${ago(7_260)}`);
    expect(await waits()).toEqual([`event ${eventId}`]);
    await set("status = 'ON_SALE', cancelled_at = null");
  });

  test('finds an offer that was made to nobody', async () => {
    await insertOffers({ id: 1_001, entry: 77 });
    expect(await found()).toEqual({ [OFFERED_TO_SOMEBODY]: ['booking 1001'] });
  });

  test('leaves out none of many entries, and nobody who overtakes from far behind, wherever one read ends', async () => {
    const last = 40_005;
    const series = `with recursive n (i) as (select 2 union all select i + 1 from n where i < ${last})`;
    await insertEntries({ id: 1 });
    await run(`${series} insert into waiting_list (id, event_id, user_id, quantity, status, version, created_at, updated_at)
      select i, ${eventId}, 'user-' || i, 1, 'LEFT', 2, ${ago(600)}, ${ago(0)} from n`);
    expect(await found()).toEqual({});
    const edges = 'id > 1 and (id % 10000 in (0, 1, 2))';
    const named = (await run(`select id from waiting_list where ${edges} order by id`)).map(({ id }) => `entry ${id}`);
    await run(`update waiting_list set version = 3 where ${edges}`);
    await run(`update waiting_list set status = 'LAPSED', version = 3, offered_at = ${ago(60)} where id = ${last}`);
    await insertOffers({ id: 50_000, entry: last });
    expect(await found()).toEqual({ [AGREE]: named, [NOBODY_OVERTAKES]: [`entry ${last}`] });
  });
});
