import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { BOOKING_STATUSES } from '../../src/bookings/booking-status.ts';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { createEmptyDatabase, DATABASE_KINDS, type TestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf } from '../support/outcomes.ts';

const COLUMNS = `id, reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at, finalized_at`;

describe.each(DATABASE_KINDS)('%s: verify', (kind) => {
  let database: TestDatabase;
  let container: Container;
  let eventId: number;
  let pendingId: number;
  let finalId: number;
  const undo: string[] = [];
  const NOW = kind === 'sqlite' ? "unixepoch('subsec') * 1000" : 'now()';

  const run = (sql: string) => container.db.em().execute<{ id: number }[]>(sql);
  const found = async () =>
    Object.fromEntries((await verify(container.db)).map(({ promise, rows }) => [promise, rows]));

  beforeAll(async () => {
    database = await createEmptyDatabase(kind);
    const config = readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal' });
    container = await createContainer(config, { database: { patient: true } });
    await migrate(container.db);
    // The promises are to be broken behind the back of the constraints that keep them.
    if (kind === 'sqlite') await run('pragma ignore_check_constraints = on');
    else
      for (const name of ['events_never_oversold', 'events_finalized_within_booked', 'events_held_within_booked'])
        await run(`alter table events drop constraint ${name}`);
    ({ id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10 }));
    const book = (idempotencyKey: string) =>
      container.bookTicket({ eventId, userId: 'alice', quantity: 2, idempotencyKey }).then(bookingOf);
    finalId = (await book('final')).id;
    container.startWorker();
    await eventually(async () => expect((await container.bookings.find(finalId))?.status).toBe('FINALIZED'));
    await container.stopWorker();
    pendingId = (await book('pending')).id;
  });
  afterEach(async () => {
    for (const sql of undo.splice(0).reverse()) await run(sql);
    expect(await found()).toEqual({});
  });
  afterAll(async () => {
    await container.close();
    await database.remove();
  });

  test('finds nothing in a sound database', async () => {
    expect(await verify(container.db)).toEqual([]);
  });

  test.each([
    ['above capacity', 11],
    ['below 0', -1],
  ])('finds a booked count %s, and that no bookings add up to it', async (_where, count) => {
    undo.push(`update events set booked_count = 4 where id = ${eventId}`);
    await run(`update events set booked_count = ${count} where id = ${eventId}`);
    expect(await found()).toEqual({
      'booked places are never below 0 or above capacity': [`event ${eventId}`],
      'booked_count is the sum of HELD, PENDING and FINALIZED bookings': [`event ${eventId}`],
    });
  });

  test.each([
    ['an address and no word of its mail', "email = 'ada@buyers.example'"],
    ['a mail and no address', "mail_status = 'SENT', mail_attempts = 1"],
    ['an owed mail that is never due', "email = 'ada@buyers.example', mail_status = 'OWED'"],
    ['a mail that was sent in no try', "email = 'ada@buyers.example', mail_status = 'SENT'"],
    [
      'a mail that was refused and nobody says why',
      "email = 'ada@buyers.example', mail_status = 'REFUSED', mail_attempts = 1",
    ],
    [
      'a mail that is sent and due',
      `email = 'a@b.example', mail_status = 'SENT', mail_attempts = 1, mail_due_at = ${NOW}`,
    ],
  ])('finds a final booking that has %s', async (_what, columns) => {
    undo.push(
      `update bookings set email = null, mail_status = null, mail_attempts = 0, mail_due_at = null where id = ${finalId}`,
    );
    await run(`update bookings set ${columns} where id = ${finalId}`);
    const promise =
      'a booking with an address has the mail about its status sent, owed, refused or not owed, and others have none';
    expect(await found()).toEqual({ [promise]: [`booking ${finalId}`] });
  });

  test('finds a finalized count that no bookings add up to', async () => {
    undo.push(`update events set finalized_count = 2 where id = ${eventId}`);
    await run(`update events set finalized_count = 1 where id = ${eventId}`);
    expect(await found()).toEqual({ 'finalized_count is the sum of FINALIZED bookings': [`event ${eventId}`] });
  });

  test('finds a held count that no holds add up to', async () => {
    undo.push(`update events set held_count = 0 where id = ${eventId}`);
    await run(`update events set held_count = 1 where id = ${eventId}`);
    expect(await found()).toEqual({ 'held_count is the sum of HELD bookings': [`event ${eventId}`] });
  });

  test('finds a lost place: a booking whose quantity was changed', async () => {
    undo.push(`update bookings set quantity = 2 where id = ${pendingId}`);
    await run(`update bookings set quantity = 3 where id = ${pendingId}`);
    expect(await found()).toEqual({
      'booked_count is the sum of HELD, PENDING and FINALIZED bookings': [`event ${eventId}`],
    });
  });

  test('finds every status whose version, and times of its moves, are not those of the table of states', async () => {
    // By the times that a booking has: of its hold, of its confirmation, of its finalization.
    const sound: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
      'no hold': { PENDING: [1], FAILED: [2], CANCELLED: [2] },
      'no hold, finalized': { FINALIZED: [2], CANCELLED: [3] },
      // Each extension is a version more.
      'a hold': { HELD: [1, 2, 3, 4, 5], EXPIRED: [2, 3, 4, 5], CANCELLED: [2, 3, 4, 5] },
      'a hold, confirmed': { PENDING: [2, 3, 4, 5], FAILED: [3, 4, 5], CANCELLED: [3, 4, 5] },
      'a hold, confirmed, finalized': { FINALIZED: [3, 4, 5], CANCELLED: [4, 5] },
      'a hold, finalized': {},
      'no hold, confirmed': {},
      'no hold, confirmed, finalized': {},
    };
    const combinations = BOOKING_STATUSES.flatMap((status) =>
      [1, 2, 3, 4, 5].flatMap((version) => Object.keys(sound).map((times) => ({ status, version, times }))),
    );
    const rows = combinations.map(({ status, version, times }, i) => {
      const given = (name: RegExp) => (name.test(times) ? NOW : null);
      const moved = `${given(/^a hold/)}, ${given(/confirmed/)}, ${given(/finalized/)}`;
      return `(${1_000 + i}, 'state-${i}', ${eventId}, 'bob', 1, '${status}', '', ${version}, ${NOW}, ${NOW}, ${moved})`;
    });
    undo.push('delete from bookings where id >= 1000');
    const columns = COLUMNS.replace('finalized_at', 'expires_at, confirmed_at, finalized_at');
    await run(`insert into bookings (${columns}) values ${rows}`);
    const broken = combinations.flatMap(({ status, version, times }, i) =>
      sound[times]?.[status]?.includes(version) ? [] : [`booking ${1_000 + i}`],
    );
    const moved = 'the status moved along the table of states, once a version';
    const named = (await found())[moved];
    expect(named).toEqual(broken.slice(0, 100));
  });

  test('finds tickets too few, too many and too early', async () => {
    const promise = 'a booking has one ticket per place once it was finalized, and none before';
    await run(`update tickets set booking_id = ${pendingId} where booking_id = ${finalId} and serial = 2`);
    undo.push(`update tickets set booking_id = ${finalId} where booking_id = ${pendingId}`);
    expect(Object.entries(await found()).map(([name, rows]) => [name, [...rows].sort()])).toEqual([
      [promise, [`booking ${finalId}`, `booking ${pendingId}`].sort()],
    ]);
  });

  test.each([-1, 1])('finds a redeemed count that is off by %d', async (off) => {
    undo.push(`update events set redeemed_count = 0 where id = ${eventId}`);
    await run(`update events set redeemed_count = ${off} where id = ${eventId}`);
    expect(await found()).toEqual({ 'redeemed_count is the number of redeemed tickets': [`event ${eventId}`] });
  });

  test('finds a ticket that was redeemed and not counted', async () => {
    undo.push('update tickets set redeemed_at = null');
    await run(`update tickets set redeemed_at = ${NOW} where booking_id = ${finalId} and serial = 2`);
    expect(await found()).toEqual({ 'redeemed_count is the number of redeemed tickets': [`event ${eventId}`] });
  });

  test('finds a ticket that let somebody in although its booking was not final, or not any more', async () => {
    const promise = 'a redeemed ticket belongs to a FINALIZED booking, or was redeemed before that was cancelled';
    const minutesAgo = (minutes: number) =>
      kind === 'sqlite' ? `unixepoch('subsec') * 1000 - ${minutes * 60_000}` : `now() - interval '${minutes} minutes'`;
    const redeemed = async () => (await found())[promise];
    undo.push('update tickets set redeemed_at = null', `update events set redeemed_count = 0 where id = ${eventId}`);
    undo.push(`update bookings set status = 'FINALIZED', updated_at = finalized_at where id = ${finalId}`);
    await run(`update tickets set redeemed_at = ${NOW} where booking_id = ${finalId}`);
    await run(`update events set redeemed_count = 2 where id = ${eventId}`);
    expect(await found()).toEqual({});
    await run(`update bookings set status = 'PENDING' where id = ${finalId}`);
    expect(await redeemed()).toEqual([`booking ${finalId}`]);
    // Clocks may be an hour apart.
    for (const [minutes, rows] of [
      [61, [`booking ${finalId}`]],
      [59, undefined],
      [-1, undefined],
    ] as const) {
      await run(`update bookings set status = 'CANCELLED', updated_at = ${minutesAgo(minutes)} where id = ${finalId}`);
      expect(await redeemed()).toEqual(rows);
    }
  });

  test('finds a PENDING booking that is older than anything explains, by the clock of the database', async () => {
    const minutesAgo = (minutes: number) =>
      kind === 'sqlite' ? `unixepoch('subsec') * 1000 - ${minutes * 60_000}` : `now() - interval '${minutes} minutes'`;
    const setAge = (id: number, minutes: number) =>
      run(`update bookings set created_at = ${minutesAgo(minutes)} where id = ${id}`);
    undo.push(`update bookings set created_at = updated_at where id = ${pendingId}`);
    await setAge(finalId, 10_000);
    await setAge(pendingId, 119);
    expect(await found()).toEqual({});
    await setAge(pendingId, 121);
    expect(await found()).toEqual({
      'a PENDING booking becomes FINALIZED or FAILED within two hours': [`booking ${pendingId}`],
    });
  });

  test('finds a cancelled event with places that are held once the worker is done, or for longer than it can take', async () => {
    const minutesAgo = (minutes: number) =>
      kind === 'sqlite' ? `unixepoch('subsec') * 1000 - ${minutes * 60_000}` : `now() - interval '${minutes} minutes'`;
    const set = (columns: string) => run(`update events set ${columns} where id = ${eventId}`);
    undo.push(`update events set status = 'ON_SALE', cancelled_at = null, bookings_cancelled_at = null`);
    await set(`status = 'CANCELLED', cancelled_at = ${minutesAgo(119)}`);
    expect(await found()).toEqual({});
    await set(`cancelled_at = ${minutesAgo(121)}`);
    expect(await found()).toEqual({
      'the bookings of a cancelled event are cancelled within two hours': [`event ${eventId}`],
    });
    await set(`bookings_cancelled_at = ${NOW}`);
    expect(await found()).toEqual({
      'a cancelled event has no booking that holds places once the worker is done with it': [`event ${eventId}`],
    });
  });

  test('finds two bookings under one idempotency key', async () => {
    await run('drop index bookings_key_unique');
    undo.push('create unique index bookings_key_unique on bookings (user_id, idempotency_key)');
    undo.push(`update bookings set idempotency_key = 'pending' where id = ${pendingId}`);
    await run(`update bookings set idempotency_key = 'final' where id = ${pendingId}`);
    expect(await found()).toEqual({
      'a user and idempotency key make at most one booking': [`booking ${pendingId}`],
    });
  });

  test('leaves out none of many rows, and names none twice, wherever one read ends and the next begins', async () => {
    const [firstId, lastId, firstEvent, lastEvent] = [1_001, 21_001, 1_001, 6_101];
    const places = lastId - firstId + 1;
    const series = (from: number, to: number) =>
      `with recursive n (i) as (select ${from} union all select i + 1 from n where i < ${to})`;
    undo.push('delete from events where id > 1000', 'delete from bookings where id > 1000');
    await run(`${series(firstEvent, lastEvent)} insert into events (id, title, capacity, booked_count, created_at)
      select i, 'Play', ${places}, case when i = ${firstEvent} then ${places} else 0 end, ${NOW} from n`);
    await run(`${series(firstId, lastId)} insert into bookings (${COLUMNS})
      select i, 'many-' || i, ${firstEvent}, 'bob', 1, 'PENDING', '', 1, ${NOW}, ${NOW}, null from n`);
    expect(await found()).toEqual({});

    // Around every id at which a read may end.
    const bookingsAtTheEdges = 'id > 1000 and id % 1000 in (0, 1)';
    const eventsAtTheEdges = 'id > 1000 and id % 500 in (499, 0, 1)';
    undo.push('delete from tickets where booking_id > 1000');
    await run(`insert into tickets (booking_id, serial, code)
      select id, 1, reference from bookings where ${bookingsAtTheEdges}`);
    await run(`update bookings set version = 9 where ${bookingsAtTheEdges}`);
    await run(`update events set booked_count = booked_count + 1, finalized_count = 1 where ${eventsAtTheEdges}`);
    const named = async (rows: string, kind: string) =>
      (await run(`select id from ${rows}`)).map(({ id }) => `${kind} ${id}`).sort();
    const bookings = await named(`bookings where ${bookingsAtTheEdges}`, 'booking');
    const events = await named(`events where ${eventsAtTheEdges}`, 'event');
    expect([bookings.length, events.length]).toEqual([41, 31]);
    const sorted = Object.entries(await found()).map(([promise, rows]) => [promise, rows.toSorted()]);
    expect(Object.fromEntries(sorted)).toEqual({
      'the status moved along the table of states, once a version': bookings,
      'a booking has one ticket per place once it was finalized, and none before': bookings,
      'booked places are never below 0 or above capacity': [`event ${firstEvent}`],
      'booked_count is the sum of HELD, PENDING and FINALIZED bookings': events,
      'finalized_count is the sum of FINALIZED bookings': events,
    });
  });
});
