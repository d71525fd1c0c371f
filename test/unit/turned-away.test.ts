import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { TurnedAway } from '../../src/platform/turned-away.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('requests that are turned away are a line in ten seconds, which counts them, and none while there are none', () => {
  const lines: object[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const turnedAway = new TurnedAway(createLogger('info', { destination: { write } }));
  for (let second = 0; second < 25; second++) {
    for (let n = 0; n < 1_000; n++) turnedAway.count('busy');
    turnedAway.count('unavailable');
    vi.advanceTimersByTime(1_000);
  }
  turnedAway.tell();
  vi.advanceTimersByTime(60_000);
  turnedAway.tell();
  const told = { level: 40, msg: 'requests were told to come again' };
  expect(lines).toMatchObject([
    { ...told, busy: 10_000, unavailable: 10 },
    { ...told, busy: 10_000, unavailable: 10 },
    { ...told, busy: 5_000, unavailable: 5 },
  ]);
});
