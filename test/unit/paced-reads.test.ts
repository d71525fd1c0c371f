import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PacedReads } from '../../src/bookings/live/paced-reads.ts';

describe('paced reads', () => {
  const errors: unknown[] = [];
  let begun: number;
  let reading: PromiseWithResolvers<void>;
  let reads: PacedReads;
  beforeEach(() => {
    vi.useFakeTimers();
    errors.length = 0;
    begun = 0;
    const read = () => {
      begun++;
      reading = Promise.withResolvers();
      return reading.promise;
    };
    reads = new PacedReads(200, read, (error) => errors.push(error));
  });
  afterEach(() => vi.useRealTimers());
  const end = async () => {
    reading.resolve();
    await vi.advanceTimersByTimeAsync(0);
  };

  test('are one per interval, however often they are asked for, and the first is at once', async () => {
    for (let n = 0; n < 3; n++) reads.soon();
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toBe(1);
    await end();
    for (let n = 0; n < 3; n++) reads.soon();
    await vi.advanceTimersByTimeAsync(199);
    expect(begun).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toBe(2);
    await end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toBe(2);
  });

  test('that take long are not run into by the next, which sees what was told of meanwhile', async () => {
    reads.soon();
    await vi.advanceTimersByTimeAsync(0);
    reads.soon();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toBe(1);
    await end();
    expect(begun).toBe(2);
  });

  test('that fail are told of, and the next one comes when it is asked for', async () => {
    reads.soon();
    await vi.advanceTimersByTimeAsync(0);
    reading.reject(new Error('away'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([begun, errors]).toEqual([1, [new Error('away')]]);
    reads.soon();
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toBe(2);
  });

  test('do not come when nobody needs them any more', async () => {
    reads.soon();
    reads.cancel();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toBe(0);
  });
});
