import { beforeEach, describe, expect, test } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { EventWatcher } from '../../src/bookings/live/shown-bookings.ts';

const booking = (id: number, version = 1) => ({ id, version }) as Booking;
const OCCASIONS = ['hinted', 'rechecked', 'missed'] as const;

describe('a watcher of all bookings of an event', () => {
  let shown: string[];
  let watcher: EventWatcher;
  beforeEach(() => {
    shown = [];
    watcher = new EventWatcher(({ id, version }) => void shown.push(`${id}.${version}`));
  });
  /** Bookings 11 and 12 were there, in their second version, and older ones up to 10. */
  const comeAfterTwo = () => {
    const second = { version: 2, status: 'FINALIZED' } as const;
    watcher.comeAfter({
      olderThan: 10,
      newest: 12,
      byId: new Map([
        [11, second],
        [12, second],
      ]),
    });
  };

  test('is shown only what somebody says has changed, as long as it does not know what was there before it', () => {
    for (const occasion of OCCASIONS) watcher.offer(booking(1), occasion);
    expect([watcher.here, shown]).toEqual([false, ['1.1']]);
  });

  test('is not shown what was there before it when that is found later, but everything that is newer', () => {
    comeAfterTwo();
    for (const occasion of ['rechecked', 'missed'] as const) {
      watcher.offer(booking(11, 2), occasion);
      watcher.offer(booking(12, 3), occasion);
      watcher.offer(booking(13, 1), occasion);
    }
    expect([watcher.here, shown]).toEqual([true, ['12.3', '13.1', '12.3', '13.1']]);
  });

  test('is not shown what is found among those older than it looked at, but what of them changes', () => {
    comeAfterTwo();
    watcher.offer(booking(10), 'missed');
    watcher.offer(booking(9, 2), 'rechecked');
    expect(shown).toEqual(['9.2']);
  });

  test('forgets what was there before it, once nothing of that can be found any more', () => {
    comeAfterTwo();
    watcher.forgetUpTo(11);
    watcher.offer(booking(12, 2), 'missed');
    expect(shown).toEqual([]);
    watcher.forgetUpTo(12);
    watcher.offer(booking(12, 2), 'missed');
    expect(shown).toEqual(['12.2']);
  });
});
