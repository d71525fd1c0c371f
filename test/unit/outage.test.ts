import { afterEach, describe, expect, test, vi } from 'vitest';
import { Outage } from '../../src/platform/outage.ts';
import { rush } from '../support/outcomes.ts';

const away = Object.assign(new Error('the database system is starting up'), { code: '57P03' });
const PATIENCE_MS = 30_000;

describe('an outage', () => {
  let outage: Outage;
  afterEach(() => outage.close());

  /** A database that is away for so many of its pings. */
  function database(pingsAway: number) {
    let awayFor = pingsAway;
    const ping = vi.fn(async () => {
      if (awayFor-- > 0) throw away;
    });
    const read = vi.fn(async () => {
      if (awayFor >= 0) throw away;
      return 'row';
    });
    outage = new Outage(ping);
    return { ping, read };
  }

  test('is outlasted by all who wait, with one question at a time', async () => {
    const { ping, read } = database(1);
    expect(await rush(100, () => outage.outlast(read, PATIENCE_MS))).toEqual(Array(100).fill('row'));
    expect([ping.mock.calls.length, read.mock.calls.length]).toEqual([2, 200]);
  });

  test('that lasts longer than somebody waits is what he hears', async () => {
    const { read } = database(Number.POSITIVE_INFINITY);
    await expect(outage.outlast(read, 10)).rejects.toBe(away);
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('is not waited for where there is none', async () => {
    const { ping } = database(0);
    const mistake = Object.assign(new Error('syntax error'), { code: '42601' });
    await expect(outage.outlast(() => Promise.reject(mistake), PATIENCE_MS)).rejects.toBe(mistake);
    expect(await outage.outlast(async () => 'row', PATIENCE_MS)).toBe('row');
    expect(ping).not.toHaveBeenCalled();
  });
});
