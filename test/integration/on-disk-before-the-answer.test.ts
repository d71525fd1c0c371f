import { afterEach, describe, expect, test } from '@jest/globals';
import { createContainer } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf } from '../support/outcomes.ts';

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

  test('is never confirmed again once a sync has failed: SERVICE_UNAVAILABLE and not ready until a restart', async () => {
    let broken = false;
    const syncFile = async () => {
      if (broken) throw Object.assign(new Error('i/o error, fdatasync'), { code: 'EIO' });
    };
    office = await openBoxOffice('embedded', {
      worker: false,
      env: { LOG_LEVEL: 'fatal' },
      overrides: { database: { syncFile } },
    });
    const { container } = office;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10 });
    const wish = { eventId, userId: 'alice', idempotencyKey: 'order-1' };
    broken = true;
    await expect(container.bookTicket(wish)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    broken = false;
    await expect(container.bookTicket(wish)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      cause: { message: expect.stringMatching(/cannot be brought to the disk, restart/) },
    });
    expect((await fetch(`${office.url}/readyz`)).status).toBe(503);

    const restarted = await createContainer(container.config);
    try {
      expect(bookingOf(await restarted.bookTicket(wish))).toMatchObject({ userId: 'alice' });
      expect(await restarted.events.find(eventId)).toMatchObject({ bookedCount: 1 });
    } finally {
      await restarted.close();
    }
  });
});
