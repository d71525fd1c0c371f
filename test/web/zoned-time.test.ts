import { describe, expect, test } from 'vitest';
import { instantOf, localTime } from '../../src/web/time/zoned-time.ts';

describe('a time of a form', () => {
  test.each([
    ['2030-07-01T18:00:00.000Z', 'Europe/Berlin', '2030-07-01T20:00'],
    ['2030-01-01T23:30:00.000Z', 'Europe/Berlin', '2030-01-02T00:30'],
    ['2030-01-01T00:15:00.000Z', 'America/New_York', '2029-12-31T19:15'],
    ['2030-01-01T00:15:00.000Z', 'Asia/Kathmandu', '2030-01-01T06:00'],
    ['2030-01-01T00:15:00.000Z', 'Pacific/Kiritimati', '2030-01-01T14:15'],
    ['2030-01-01T00:15:00.000Z', 'UTC', '2030-01-01T00:15'],
  ])('%s is %s %s, there and back', (instant, zone, local) => {
    expect(localTime(instant, zone)).toBe(local);
    expect(instantOf(local, zone)).toBe(instant);
  });

  test('of an hour that comes twice is the first, and of one that is left out the one after it', () => {
    expect(instantOf('2030-10-27T02:30', 'Europe/Berlin')).toBe('2030-10-27T00:30:00.000Z');
    expect(instantOf('2030-03-31T02:30', 'Europe/Berlin')).toBe('2030-03-31T01:30:00.000Z');
  });

  test('is none when the field is empty', () => {
    expect(localTime(null, 'UTC')).toBe('');
    expect(instantOf('', 'UTC')).toBeNull();
  });

  test.each([
    ['Europe/Berlin', '2030-03-31', '2030-10-27'],
    ['America/New_York', '2030-03-10', '2030-11-03'],
    ['Australia/Lord_Howe', '2030-04-07', '2030-10-06'],
  ])('has its own hour around every change of summer time in %s', (zone, ...changes) => {
    for (const day of changes.map((date) => Date.parse(date))) {
      for (let ms = day - 86_400_000; ms < day + 86_400_000; ms += 1_800_000) {
        const local = localTime(new Date(ms).toISOString(), zone);
        expect([local, localTime(instantOf(local, zone), zone)]).toEqual([local, local]);
      }
    }
  });
});
