import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { verify } from '../../src/reports/verify.ts';
import { createEmptyDatabase, DATABASE_KINDS, type EmptyDatabase } from '../support/empty-database.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf } from '../support/outcomes.ts';

describe.each(DATABASE_KINDS)('%s: verify', (kind) => {
  let database: EmptyDatabase;
  let container: Container;
  let eventId: number;
  let pendingId: number;
  let finalId: number;
  const undo: string[] = [];

  const run = (sql: string) => container.db.em().execute(sql);
  const found = async () =>
    Object.fromEntries((await verify(container.db)).map(({ promise, rows }) => [promise, rows]));

  beforeAll(async () => {
    database = await createEmptyDatabase(kind);
    container = await createContainer(readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal' }));
    await migrate(container.db);
    // The promises are to be broken behind the back of the constraints that keep them.
    if (kind === 'sqlite') await run('pragma ignore_check_constraints = on');
    else
      for (const name of ['events_never_oversold', 'events_finalized_within_booked'])
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

  test('finds a booked count above capacity, and one that no bookings add up to', async () => {
    undo.push(`update events set booked_count = 4 where id = ${eventId}`);
    await run(`update events set booked_count = 11 where id = ${eventId}`);
    expect(await found()).toEqual({
      'booked places are never below 0 or above capacity': [`event ${eventId}`],
      'booked_count is the sum of PENDING and FINALIZED bookings': [`event ${eventId}`],
    });
  });

  test('finds a finalized count that no bookings add up to', async () => {
    undo.push(`update events set finalized_count = 2 where id = ${eventId}`);
    await run(`update events set finalized_count = 1 where id = ${eventId}`);
    expect(await found()).toEqual({ 'finalized_count is the sum of FINALIZED bookings': [`event ${eventId}`] });
  });

  test('finds a lost place: a booking whose quantity was changed', async () => {
    undo.push(`update bookings set quantity = 2 where id = ${pendingId}`);
    await run(`update bookings set quantity = 3 where id = ${pendingId}`);
    expect(await found()).toEqual({
      'booked_count is the sum of PENDING and FINALIZED bookings': [`event ${eventId}`],
    });
  });

  test.each([
    ["status = 'FAILED'", "status = 'PENDING'"],
    ['version = 2', 'version = 1'],
  ])('finds a status that did not move along the table: %s', async (tamper, restore) => {
    undo.push(`update bookings set ${restore} where id = ${pendingId}`);
    await run(`update bookings set ${tamper} where id = ${pendingId}`);
    expect(await found()).toMatchObject({
      'the status moved along the table of states, once a version': [`booking ${pendingId}`],
    });
  });

  test('finds tickets too few, too many and too early', async () => {
    const promise = 'a booking has one ticket per place once it was finalized, and none before';
    await run(`update tickets set booking_id = ${pendingId} where booking_id = ${finalId} and serial = 2`);
    undo.push(`update tickets set booking_id = ${finalId} where booking_id = ${pendingId}`);
    expect(Object.entries(await found()).map(([name, rows]) => [name, [...rows].sort()])).toEqual([
      [promise, [`booking ${finalId}`, `booking ${pendingId}`].sort()],
    ]);
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

  test('finds two bookings under one idempotency key', async () => {
    const name = 'bookings_idempotency_unique';
    await run(kind === 'sqlite' ? `drop index ${name}` : `alter table bookings drop constraint ${name}`);
    undo.push(`create unique index ${name} on bookings (user_id, idempotency_key)`);
    undo.push(`update bookings set idempotency_key = 'pending' where id = ${pendingId}`);
    await run(`update bookings set idempotency_key = 'final' where id = ${pendingId}`);
    expect(await found()).toEqual({
      'a user and idempotency key make at most one booking': [`booking ${pendingId}`],
    });
  });
});
