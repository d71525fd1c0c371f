import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { verify } from '../../src/reports/verify.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf } from '../support/outcomes.ts';
import { createSetup, type SetupEnvironment } from '../support/setups.ts';

/** A disk that takes its time, from when it is told to. */
function slowDisk() {
  let door = Promise.resolve();
  let open: () => void = () => undefined;
  let syncs = 0;
  return {
    syncFile: async () => {
      syncs++;
      await door;
    },
    get syncs() {
      return syncs;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      door = promise;
      open = resolve;
    },
    release: () => open(),
  };
}

describe('embedded: a booking', () => {
  let office: BoxOffice;
  afterEach(() => office.close());

  test('is answered when it is on the disk, not when it is committed, and others are served meanwhile', async () => {
    const disk = slowDisk();
    office = await openBoxOffice('embedded', { worker: false, overrides: { database: { syncFile: disk.syncFile } } });
    const { container } = office;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10 });
    disk.hold();
    let answered = false;
    const answer = container.bookTicket({ eventId, userId: 'alice' }).finally(() => {
      answered = true;
    });
    await eventually(async () => expect(await container.events.find(eventId)).toMatchObject({ bookedCount: 1 }));
    expect((await fetch(`${office.url}/livez`)).status).toBe(200);
    expect(answered).toBe(false);
    disk.release();
    expect(bookingOf(await answer)).toMatchObject({ status: 'PENDING' });
  });

  test('of another process that is committed and not yet on the disk is not answered to a repeat either', async () => {
    const [first, second] = [slowDisk(), slowDisk()];
    office = await openBoxOffice('embedded', { worker: false, overrides: { database: { syncFile: first.syncFile } } });
    const { container } = office;
    const other = await createContainer(container.config, { database: { syncFile: second.syncFile } });
    try {
      const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10 });
      const wish = { eventId, userId: 'alice', idempotencyKey: 'order-1' };
      first.hold();
      const answer = container.bookTicket(wish);
      await eventually(async () => expect(await container.events.find(eventId)).toMatchObject({ bookedCount: 1 }));
      const before = second.syncs;
      second.hold();
      const repeat = other.bookTicket(wish);
      await eventually(() => expect(second.syncs).toBeGreaterThan(before));
      second.release();
      const repeated = bookingOf(await repeat);
      first.release();
      expect(repeated.id).toBe(bookingOf(await answer).id);
    } finally {
      await other.close();
    }
  });
});

describe('embedded: after a sync that failed', () => {
  let setup: SetupEnvironment;
  let sick: Container;
  const onFatal = vi.fn();
  const held = { point: '', reached: Promise.withResolvers<void>(), go: Promise.withResolvers<void>() };
  let sync = async () => undefined as unknown;
  beforeEach(async () => {
    setup = await createSetup('embedded');
    sick = await createContainer(readConfig({ ...setup.env, LOG_LEVEL: 'silent' }), {
      database: { onFatal, syncFile: async () => void (await sync()) },
      failpoints: async (point) => {
        if (point !== held.point) return;
        held.reached.resolve();
        await held.go.promise;
      },
    });
    await migrate(sick.db);
  });
  afterEach(async () => {
    await sick.close();
    await setup.remove();
  });

  test('nothing is confirmed, decided or begun, what was begun is not committed, and the process is told to end, once', async () => {
    const { id: eventId } = await sick.createEvent({ title: 'Concert', capacity: 1 });
    const wish = { eventId, userId: 'alice', idempotencyKey: 'order-1' };
    const disk = Promise.withResolvers<void>();
    sync = () => disk.promise;
    const unavailable = { code: 'SERVICE_UNAVAILABLE' };
    const inFlightIsRefused = expect(sick.bookTicket(wish)).rejects.toMatchObject(unavailable);
    await eventually(async () => expect(await sick.events.find(eventId)).toMatchObject({ bookedCount: 1 }));
    held.point = 'create-event:before-commit';
    const failedSync = { code: 'SQLITE_IOERR_FSYNC' };
    const begunIsRefused = expect(sick.createEvent({ title: 'Play', capacity: 1 })).rejects.toMatchObject(failedSync);
    await held.reached.promise;
    disk.reject(Object.assign(new Error('i/o error, fdatasync'), { code: 'EIO' }));
    await eventually(() => expect(onFatal).toHaveBeenCalled());
    sync = async () => undefined;
    held.go.resolve();

    await inFlightIsRefused;
    await begunIsRefused;
    await expect(sick.bookTicket(wish)).rejects.toMatchObject(unavailable);
    await expect(sick.bookTicket({ eventId, userId: 'bob' })).rejects.toMatchObject(unavailable);
    const reads = [() => sick.db.ping(), () => sick.cancelBooking(1), () => sick.events.find(eventId)];
    for (const read of reads) await expect(read()).rejects.toMatchObject(failedSync);
    expect(onFatal.mock.calls).toEqual([[expect.objectContaining(failedSync)]]);

    const restarted = await createContainer(sick.config);
    try {
      expect(bookingOf(await restarted.bookTicket(wish))).toMatchObject({ userId: 'alice' });
      expect(await restarted.report()).toMatchObject({ totalCapacity: 1 });
      expect(await verify(restarted.db)).toEqual([]);
    } finally {
      await restarted.close();
    }
  });
});
