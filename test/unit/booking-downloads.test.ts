import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { BookingDownloads, type DownloadLimits } from '../../src/bookings/booking-downloads.ts';

const PER_PAGE = 10;
const TURNS = 50;
const EVENT = 1;
const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE' };

/** A table of so many bookings, which notes the reads: those that are over, and the most that were under way together. */
function tableOf(count: number, { failsAt = Number.POSITIVE_INFINITY } = {}) {
  const reads = { done: 0, now: 0, most: 0 };
  const ofEvent = async (eventId: number, after: number, limit: number): Promise<Booking[]> => {
    reads.most = Math.max(reads.most, ++reads.now);
    await turn();
    reads.now--;
    if (++reads.done === failsAt) throw new Error('disk I/O error');
    return Array.from({ length: Math.min(limit, count - after) }, (_, i) => bookingOf(eventId, after + i + 1));
  };
  return { reads, ofEvent };
}

function bookingOf(eventId: number, id: number): Booking {
  return {
    id,
    eventId,
    reference: `r${id}`,
    userId: 'ada',
    quantity: 1,
    status: 'PENDING',
    createdAt: new Date(0),
  } as Booking;
}

const open = (table: ReturnType<typeof tableOf>, limits: Partial<DownloadLimits> = {}) =>
  new BookingDownloads(table, { bookingsPerPage: PER_PAGE, ...limits });

async function manyTurns(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await turn();
}

describe('a download', () => {
  test.each([0, 1, PER_PAGE, 3 * PER_PAGE + 1])('of %i bookings has a line for each, in their order', async (count) => {
    const file = await open(tableOf(count)).csv(EVENT);
    const lines = (await file.toArray()).join('').split('\r\n').slice(1, -1);
    expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  });

  test('reads one page, and the next when that is on its way', async () => {
    const table = tableOf(1_000);
    const file = await open(table).csv(EVENT);
    for (let pages = 1; pages < 5; pages++) {
      await manyTurns();
      expect(table.reads.done).toBe(pages);
      expect(String(file.read()).split('\r\n')).toHaveLength(PER_PAGE + (pages === 1 ? 2 : 1));
    }
    file.destroy();
    await manyTurns();
    expect(table.reads.done).toBe(5);
  });

  test('is refused when there are as many as there may be, until one of them has ended, in whatever way', async () => {
    const table = tableOf(2 * PER_PAGE + 1, { failsAt: 5 });
    const downloads = open(table, { maxAtOnce: 1 });
    const read = await downloads.csv(EVENT);
    await expect(downloads.csv(EVENT)).rejects.toMatchObject(UNAVAILABLE);
    await read.toArray();
    (await downloads.csv(EVENT)).destroy();
    await manyTurns();
    await expect(downloads.csv(EVENT)).rejects.toThrow('disk I/O error');
    await manyTurns();
    expect((await (await downloads.csv(EVENT)).toArray()).length).toBeGreaterThan(0);
  });

  test('reads no page while another one reads its own', async () => {
    const table = tableOf(20 * PER_PAGE);
    const downloads = open(table);
    const files = await Promise.all(Array.from({ length: 5 }, () => downloads.csv(EVENT)));
    await Promise.all(files.map((file) => file.toArray()));
    expect(table.reads).toEqual({ done: 5 * 21, now: 0, most: 1 });
  });

  test('breaks off when its box office closes, and none begins after that', async () => {
    const downloads = open(tableOf(1_000));
    const file = await downloads.csv(EVENT);
    downloads.close();
    await expect(file.toArray()).rejects.toMatchObject(UNAVAILABLE);
    await expect(downloads.csv(EVENT)).rejects.toMatchObject(UNAVAILABLE);
  });
});
