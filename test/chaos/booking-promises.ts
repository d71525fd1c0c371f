import { byKey, falseRefusals, keysWithSeveral, lostBookings, placesOf } from '../support/booking-promises.ts';
import type { CancelAttempt, History, Wish } from './history.ts';
import { describeAttempts, describeBroken } from './history.ts';
import type { Promises } from './promises.ts';
import type { BookingRow } from './stage.ts';

/** What clients were told of bookings and events, against the rows. */
export const bookingPromises: Promises = {
  'an accepted booking exists, with its owner, event and quantity': ({ history, rows }) =>
    describeBroken(history, lostBookings(history.bookings, rows)),

  'a booking is cancelled when somebody asked for that, or for that of its event, and final otherwise': ({
    history,
    rows,
  }) => {
    const told = Map.groupBy(history.bookings, ({ outcome }) => (outcome.kind === 'booked' ? outcome.id : ''));
    const cancels = Map.groupBy(history.cancels, ({ bookingId }) => bookingId);
    const gone = new Set(history.eventCancels.map(({ eventId }) => eventId));
    return rows.flatMap((row) => {
      const withEvent = row.status === 'CANCELLED' && gone.has(row.eventId);
      const problem = told.has(row.id) && !withEvent ? wrongStatus(row, cancels.get(row.id) ?? []) : null;
      return problem ? [`booking ${row.id}: ${problem}\n${describeAttempts(history, told.get(row.id) ?? [])}`] : [];
    });
  },

  'every booking was asked for, and none is of a request that was refused': ({ history, rows }) => {
    const asked = Map.groupBy(history.bookings, ({ input }) => identity(input.userId, input.idempotencyKey, input));
    const used = new Map<string, number>();
    return rows.flatMap((row) => {
      if (row.entryId !== null) return [];
      const same = identity(row.userId, row.key, row);
      const attempts = asked.get(same) ?? [];
      const possible = attempts.filter(({ outcome }) => outcome.kind !== 'refused').length;
      used.set(same, (used.get(same) ?? 0) + 1);
      const fits = attempts.some(({ input }) => input.eventId === row.eventId && input.quantity === row.quantity);
      if (fits && possible >= (used.get(same) as number)) return [];
      return [`booking ${row.id} ${JSON.stringify(row)} was not asked for\n${describeAttempts(history, attempts)}`];
    });
  },

  'one booking per key, and every answer for the key is that booking': ({ history, rows }) =>
    describeBroken(history, keysWithSeveral(history.bookings, rows)),

  'a repeat is answered as the first time, and another request under its key is refused': ({ history }) =>
    [...byKey(history.bookings)].flatMap(([key, attempts]) => {
      const booked = attempts.filter(({ outcome }) => outcome.kind === 'booked');
      const first = booked.sort((a, b) => a.endedAt - b.endedAt)[0];
      if (!first) return [];
      const wrong = attempts.some(({ startedAt, outcome, input }) => {
        const same = input.quantity === first.input.quantity;
        if (startedAt < first.endedAt) return false;
        if (outcome.kind === 'booked') return !same;
        return (
          outcome.kind === 'refused' && outcome.code !== 'BUSY' && (same || outcome.code !== 'IDEMPOTENCY_KEY_REUSED')
        );
      });
      return wrong ? [`key ${key}\n${describeAttempts(history, attempts)}`] : [];
    }),

  'SOLD_OUT, LIMIT_REACHED, NOT_ON_SALE and IDEMPOTENCY_KEY_REUSED are only said when they can be true': ({
    history,
    rows,
  }) => {
    const events = history.events.map((event) => {
      const asked = history.eventCancels.filter(({ eventId }) => eventId === event.id);
      return { ...event, cancelledFrom: Math.min(...asked.map(({ startedAt }) => startedAt)) };
    });
    return describeBroken(history, falseRefusals(history.bookings, rows, events, history.cancels));
  },

  'nobody holds more places than maxPerUser': ({ history, rows }) =>
    history.events.flatMap(({ id, maxPerUser }) => {
      if (maxPerUser === null) return [];
      const holding = rows.filter((row) => row.eventId === id && ['HELD', 'PENDING', 'FINALIZED'].includes(row.status));
      return [...Map.groupBy(holding, ({ userId }) => userId)].flatMap(([userId, bookings]) => {
        const places = placesOf(bookings);
        return places <= maxPerUser ? [] : [`user ${userId} holds ${places} places of event ${id}`];
      });
    }),

  'the numbers of an event agree with each other': ({ history }) =>
    history.looks.flatMap((look) => {
      if (look.outcome.kind !== 'seen') return [];
      const { numbers } = look.outcome;
      const right =
        numbers &&
        isCapacityOf(history, look.eventId, numbers.capacity) &&
        numbers.availableCount >= 0 &&
        numbers.pendingCount >= 0 &&
        // What is owed to a waiting list is nobody's yet, and not available.
        (numbers.availableCount === 0 || numbers.bookedCount + numbers.availableCount === numbers.capacity) &&
        numbers.heldCount >= 0 &&
        numbers.heldCount + numbers.pendingCount + numbers.finalizedCount === numbers.bookedCount;
      return right ? [] : [describeAttempts(history, [look])];
    }),
};

/** One that is edited has what any of its edits asked for. */
function isCapacityOf({ events, edits }: History, eventId: string, capacity: number): boolean {
  const ofEdits = edits.filter((edit) => edit.eventId === eventId).map((edit) => edit.capacity);
  return [events.find(({ id }) => id === eventId)?.capacity, ...ofEdits].includes(capacity);
}

/** Requests that nothing tells apart. */
function identity(
  userId: string,
  key: string | null | undefined,
  { eventId, quantity }: Pick<Wish, 'eventId'> & { readonly quantity?: number },
): string {
  return key ? `${userId} key ${key}` : `${userId} ${eventId} ${quantity}`;
}

function wrongStatus(row: BookingRow, cancels: readonly CancelAttempt[]): string | null {
  const outcomes = cancels.map(({ outcome }) => outcome.kind);
  if (row.status === 'CANCELLED') return outcomes.length > 0 ? null : 'CANCELLED, and nobody asked for that';
  if (outcomes.includes('cancelled')) return `${row.status}, after it was cancelled`;
  const canBe = row.status !== 'FAILED' && row.status !== 'EXPIRED';
  if (outcomes.includes('refused')) return canBe ? 'could not be cancelled' : null;
  return row.status === 'PENDING' || row.status === 'HELD' ? `still ${row.status}` : null;
}
