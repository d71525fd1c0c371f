import * as fc from 'fast-check';
import { expect } from 'vitest';

/** Cases that are sent at the same time. */
const USUAL_BATCH = 50;

/** `FUZZ_SEED` repeats the cases of an earlier run; `FUZZ_CASES` of each operation are tried embedded. */
const { FUZZ_SEED, FUZZ_CASES = '150' } = process.env;

/** Drivers differ in what they store, hardly in what is checked before. */
export const FUZZED_SETUPS = [
  ['embedded', Number(FUZZ_CASES)],
  ['postgresql + redis', Math.ceil((Number(FUZZ_CASES) * 2) / 3)],
] as const;

/** Checks that many cases, in batches. The first that fails ends it, with the seed that repeats it. */
export async function fuzz<T>(
  cases: number,
  arbitrary: fc.Arbitrary<T>,
  check: (batch: T[]) => Promise<void>,
  size = USUAL_BATCH,
): Promise<void> {
  const batches = fc.array(arbitrary, { minLength: size, maxLength: size });
  const details = await fc.check(fc.asyncProperty(batches, check), {
    numRuns: Math.ceil(cases / size),
    // A smaller batch of the same kind says no more than the case that the error names.
    endOnFailure: true,
    ...(FUZZ_SEED && { seed: Number(FUZZ_SEED) }),
  });
  if (!details.failed) return;
  const { seed, numRuns, errorInstance: cause } = details;
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new Error(`${message}\nin batch ${numRuns}; FUZZ_SEED=${seed} repeats it`);
}

/** Of each group of outcomes at least one was seen: neither was all refused for what it looks like nor all let through. */
export function expectSomeOfEach<T>(groups: readonly (readonly T[])[], seen: ReadonlySet<T>): void {
  expect(groups.filter((group) => !group.some((outcome) => seen.has(outcome)))).toEqual([]);
}

/** What GraphQL answers when a use case was reached, and what before that. */
export const GRAPHQL_OUTCOMES = [
  ['data', 'NOT_FOUND'],
  ['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED'],
];
