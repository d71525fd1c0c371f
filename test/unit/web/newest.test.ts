import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newest } from '../../../src/web/data/newest.ts';
import { SeenBookings } from '../../../src/web/data/seen-bookings.ts';
import type { BookingFacts } from '../../../src/web/generated/operations.ts';

test('what is shown is never older than what was shown before, in whatever order answers come', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 1 }), (versions) => {
      const seen = new SeenBookings();
      let shown: { version: number } | null = null;
      for (const version of versions) {
        const before: number = shown?.version ?? -1;
        shown = newest<{ version: number }>(shown, { version });
        expect(shown.version).toBe(Math.max(before, version));
        expect(seen.see({ id: '1', version } as BookingFacts).version).toBe(shown.version);
      }
    }),
  );
});
