import { describe, expect, test } from 'vitest';
import { ServerClock } from '../../../src/web/data/server-clock.ts';

const DATE = { precisionMs: 1_000 };

describe('the clock of the server', () => {
  test('is that of the device until something is known of it', () => {
    expect(new ServerClock(() => 5_000).now()).toBe(5_000);
  });

  test('is known as well as the best answers say together, however wrong the device is', () => {
    const ahead = 900_000;
    let device = 0;
    const clock = new ServerClock(() => device);
    for (const [serverAt, roundTripMs] of [
      [100_250, 400],
      [103_990, 60],
      [107_010, 60],
    ] as const) {
      const askedAtMs = serverAt + ahead - roundTripMs / 2;
      device = askedAtMs + roundTripMs;
      clock.observe({ ...DATE, serverMs: Math.floor(serverAt / 1_000) * 1_000, askedAtMs, answeredAtMs: device });
    }
    device = 200_000 + ahead;
    expect(Math.abs(clock.now() - 200_000)).toBeLessThan(60);
  });

  test('is learned anew when the clock of the device was set', () => {
    let device = 10_000;
    const clock = new ServerClock(() => device);
    clock.observe({ serverMs: 50_000, precisionMs: 1, askedAtMs: 9_990, answeredAtMs: 10_000 });
    device = 3_600_000;
    clock.observe({ serverMs: 60_000, precisionMs: 1, askedAtMs: 3_599_990, answeredAtMs: 3_600_000 });
    expect(Math.abs(clock.now() - 60_000)).toBeLessThan(20);
  });
});
