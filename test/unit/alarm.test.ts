import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Alarm } from '../../src/platform/alarm.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function ringsAfter(alarm: Alarm, during: () => void = () => undefined): Promise<number> {
  const since = performance.now();
  let at: number | null = null;
  void alarm.wait().then(() => {
    at = performance.now() - since;
  });
  during();
  for (let ms = 0; at === null && ms < 10_000; ms++) await vi.advanceTimersByTimeAsync(1);
  return Math.round(at ?? Number.POSITIVE_INFINITY);
}

test('an alarm goes off at the earliest time it was set to, whatever came later', async () => {
  const alarm = new Alarm();
  for (const ms of [500, 200, 900]) alarm.ringIn(ms);
  expect(await ringsAfter(alarm)).toBe(200);
  expect(alarm.rung).toBe(true);
});

test('an alarm that is set to an earlier time while somebody waits wakes them then', async () => {
  const alarm = new Alarm();
  alarm.ringIn(2_000);
  expect(await ringsAfter(alarm, () => alarm.ringIn(50))).toBe(50);
});

test('an alarm that has been reset forgets its time, and one whose time has passed goes off at once', async () => {
  const alarm = new Alarm();
  alarm.ringIn(10);
  alarm.reset();
  alarm.ringIn(300);
  expect(await ringsAfter(alarm)).toBe(300);
  alarm.reset();
  alarm.ringIn(10);
  await vi.advanceTimersByTimeAsync(20);
  expect(await ringsAfter(alarm)).toBeLessThanOrEqual(1);
});
