import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryDelayMs } from '../../src/platform/retry-delay.ts';

test('a retry waits between half and all of a delay that doubles with each failure, up to 30 seconds', () => {
  const policies = fc.record({
    retryDelayMs: fc.integer({ min: 1, max: 60_000 }),
    failures: fc.integer({ min: 1, max: 99 }),
  });
  fc.assert(
    fc.property(policies, ({ retryDelayMs: first, failures }) => {
      const full = Math.min(30_000, first * 2 ** (failures - 1));
      const delay = retryDelayMs(first, failures);
      expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2));
      expect(delay).toBeLessThanOrEqual(Math.ceil(full));
    }),
  );
});
