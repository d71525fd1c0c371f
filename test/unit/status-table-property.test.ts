import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BOOKING_STATUSES,
  type BookingStatus,
  holdsPlaces,
  isTerminal,
  statesBefore,
} from '../../src/bookings/booking-status.ts';

interface State {
  readonly status: BookingStatus;
  readonly version: number;
}

/** What the guarded UPDATE of `transition` does with one booking: the move, or nothing. */
function move(state: State, to: BookingStatus): State {
  return statesBefore(to).includes(state.status) ? { status: to, version: state.version + 1 } : state;
}

/** Every state of a booking that somebody tries to move so, its first one included. */
function history(moves: readonly BookingStatus[]): State[] {
  let state: State = { status: 'PENDING', version: 1 };
  return [
    state,
    ...moves.map((to) => {
      state = move(state, to);
      return state;
    }),
  ];
}

const moves = fc.array(fc.constantFrom(...BOOKING_STATUSES), { maxLength: 12 });
const always = (promise: (states: readonly State[], tried: readonly BookingStatus[]) => void) =>
  fc.assert(
    fc.property(moves, (tried) => promise(history(tried), tried)),
    { numRuns: 500 },
  );
/** Each state with the one before it. */
const steps = (states: readonly State[]) => states.slice(1).map((after, i) => [states[i] as State, after] as const);

test('whatever is tried, what is terminal stays terminal, and FAILED and CANCELLED stay what they are', () => {
  always((states) => {
    for (const [before, after] of steps(states)) {
      if (isTerminal(before.status)) expect(isTerminal(after.status)).toBe(true);
      if (['FAILED', 'CANCELLED'].includes(before.status)) expect(after).toEqual(before);
    }
  });
});

test('whatever is tried, the version grows by one with each change of the status, and only then', () => {
  always((states) => {
    for (const [before, after] of steps(states)) {
      expect(after.version - before.version).toBe(after.status === before.status ? 0 : 1);
    }
    expect(states.at(-1)?.version).toBeLessThanOrEqual(3);
  });
});

test('whatever is tried, no status comes back: a second delivery of a move changes nothing', () => {
  always((states, tried) => {
    const changes = steps(states).filter(([before, after]) => before !== after);
    const seen = ['PENDING', ...changes.map(([, after]) => after.status)];
    expect(new Set(seen).size).toBe(seen.length);
    expect(history(tried.flatMap((to) => [to, to])).at(-1)).toEqual(states.at(-1));
  });
});

test('whatever is tried, places are given back at most once, by FAILED or CANCELLED, and never taken again', () => {
  always((states) => {
    const given = steps(states).filter(([before, after]) => holdsPlaces(before.status) && !holdsPlaces(after.status));
    const taken = steps(states).filter(([before, after]) => !holdsPlaces(before.status) && holdsPlaces(after.status));
    const ended = ['FAILED', 'CANCELLED'].includes((states.at(-1) as State).status);
    expect([given.length, taken.length]).toEqual([ended ? 1 : 0, 0]);
  });
});
