import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { RepeatedTrouble } from '../../src/platform/repeated-trouble.ts';

describe('trouble that repeats', () => {
  const log = createLogger('silent');
  const lines: unknown[] = [];
  let trouble: RepeatedTrouble;
  beforeEach(() => {
    lines.length = 0;
    vi.useFakeTimers();
    for (const level of ['warn', 'error'] as const) {
      vi.spyOn(log, level).mockImplementation((about: unknown, message?: string) => {
        const { err, times } = about as { err: { code?: string }; times: number };
        lines.push([level, message, err.code ?? err, times]);
      });
    }
    trouble = new RepeatedTrouble(log);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  const denied = Object.assign(new Error('permission denied for booking 7'), { code: '42501' });
  const full = Object.assign(new Error('disk full'), { code: '53100' });

  test('is a line at once, and then one per minute that says how often it was since', () => {
    for (let n = 0; n < 1_000; n++) trouble.note('error', 'refused', denied);
    expect(lines).toEqual([['error', 'refused', '42501', 1]]);
    vi.advanceTimersByTime(60_000);
    trouble.note('error', 'refused', denied);
    trouble.note('error', 'refused', denied);
    expect(lines.slice(1)).toEqual([['error', 'refused', '42501', 1_000]]);
  });

  test('is told apart by what happened and by its cause', () => {
    trouble.note('error', 'refused', denied);
    trouble.note('error', 'refused', full);
    trouble.note('warn', 'issuer', denied);
    trouble.note('error', 'refused', 'no error at all');
    expect(lines).toHaveLength(4);
  });

  test('without a code is told apart by where it was thrown, so that one mistake does not hide another', () => {
    const one = new TypeError('x is undefined');
    trouble.note('error', 'failed', one);
    trouble.note('error', 'failed', one);
    trouble.note('error', 'failed', new TypeError('y is undefined'));
    expect(lines).toHaveLength(2);
  });

  test('is not told where an outage explains it', () => {
    const during = new RepeatedTrouble(log, { explains: (error) => error === full });
    during.note('error', 'refused', full);
    during.note('error', 'refused', denied);
    expect(lines).toEqual([['error', 'refused', '42501', 1]]);
  });

  test('costs no memory for causes without end', () => {
    for (let n = 0; n < 1_000; n++) trouble.note('error', 'refused', { code: n });
    trouble.note('error', 'refused', { code: 999 });
    expect(lines).toHaveLength(1_000);
    trouble.note('error', 'refused', { code: 0 });
    expect(lines).toHaveLength(1_001);
  });
});
