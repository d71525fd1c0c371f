import fc from 'fast-check';

export const join = fc.record({
  /** Which of the two events. */
  event: fc.constantFrom(0, 0, 0, 1),
  userId: fc.constantFrom<string>('ann', 'bob', 'cy', 'dee', 'eli'),
  quantity: fc.constantFrom(1, 1, 2, 3),
  /** Turns of the event loop that it comes after the wishes. */
  turns: fc.nat(6),
});
export const leave = fc.record({
  /** Which entry of the earlier batches, counted around. */
  entry: fc.nat(20),
  turns: fc.nat(6),
});
type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;
export type Join = Of<typeof join>;
export type Leave = Of<typeof leave>;
