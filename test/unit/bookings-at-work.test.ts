import { describe, expect, test } from 'vitest';
import { BookingsAtWork } from '../../src/finalization/bookings-at-work.ts';

const booking = (bookingId: number) => ({ bookingId, reference: `ref-${bookingId}` });
const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
};

describe('bookings at work', () => {
  test('are at most so many at once, of both lanes together, and swept ones are begun before fresh ones that wait', async () => {
    const atWork = new BookingsAtWork(3);
    const gates = Array.from({ length: 6 }, () => Promise.withResolvers<void>());
    const begun: string[] = [];
    const begin = (lane: 'fresh' | 'swept', n: number) =>
      atWork.begin(lane, () => {
        begun.push(`${lane} ${n}`);
        return gates[n]?.promise ?? Promise.resolve();
      });
    const all = [0, 1, 2, 3, 4].map((n) => begin('fresh', n));
    all.push(begin('swept', 5));
    await turns();
    expect(begun).toEqual(['fresh 0', 'fresh 1', 'fresh 2']);
    gates[0]?.resolve();
    await turns();
    expect(begun).toEqual(['fresh 0', 'fresh 1', 'fresh 2', 'swept 5']);
    for (const gate of gates) gate.resolve();
    await Promise.all([...all, atWork.idle()]);
    expect(begun).toHaveLength(6);
  });

  test.each([
    [1, 1],
    [2, 1],
    [5, 3],
    [200, 100],
  ])('of %i places at most %i are for swept ones', (concurrency, share) => {
    expect(new BookingsAtWork(concurrency).sweptShare).toBe(share);
  });

  test('are never the same twice, whoever brings it, and may come again when it is done or has failed', async () => {
    const atWork = new BookingsAtWork(10);
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const work = () => {
      runs++;
      return gate.promise;
    };
    const first = atWork.during(booking(1), work);
    await atWork.during(booking(1), work);
    const other = atWork.during(booking(2), work);
    expect([runs, atWork.ids()]).toEqual([2, [1, 2]]);
    gate.reject(new Error('no'));
    await Promise.allSettled([first, other]);
    expect(atWork.ids()).toEqual([]);
    await atWork.during(booking(1), async () => void runs++);
    expect(runs).toBe(3);
  });

  test('are named when they have been at work for so long', async () => {
    const atWork = new BookingsAtWork(10);
    const gate = Promise.withResolvers<void>();
    const running = atWork.during(booking(7), () => gate.promise);
    expect([atWork.ids(), atWork.ids(60_000)]).toEqual([[7], []]);
    gate.resolve();
    await running;
  });

  test('are begun no more when the process stops; those that wait are let go', async () => {
    const atWork = new BookingsAtWork(1);
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    const begin = () =>
      atWork.begin('fresh', () => {
        begun++;
        return gate.promise;
      });
    const all = [begin(), begin(), begin()];
    await turns();
    atWork.stop();
    gate.resolve();
    await Promise.all([...all, atWork.idle()]);
    expect([begun, atWork.stopping]).toEqual([1, true]);
  });
});
