import { bookAttempts, groupBy, toldIn } from './booking-promises.ts';
import type { BookingRow } from './database.ts';
import { describeAttempts } from './describe.ts';
import type { EventInSale, History } from './history.ts';
import type { Promises } from './promises.ts';

/** What clients were told of events. */
export const salePromises: Promises = {
  'SOLD_OUT, LIMIT_REACHED and IDEMPOTENCY_KEY_REUSED are only said when they can be true': ({ history, rows }) => {
    const held = groupBy(heldPlaces(history, rows), ({ eventId }) => eventId);
    const attempts = bookAttempts(history);
    const byKey = groupBy(attempts, ({ asked: { wish } }) => `${wish.userId} ${wish.key}`);
    return attempts.flatMap((attempt) => {
      const { outcome, from, to, asked } = attempt;
      if (outcome.kind !== 'refused' || outcome.code === 'BUSY') return [];
      const { eventId, userId, quantity, key } = asked.wish;
      const { capacity, maxPerUser } = history.events.find(({ id }) => id === eventId) as EventInSale;
      const taken = (held.get(eventId) ?? []).filter((place) => place.from < to && from < place.to);
      const left = outcome.availableCount ?? -1;
      const sameKey = key === null ? [] : (byKey.get(`${userId} ${key}`) ?? []);
      const canBeTrue: Record<string, boolean> = {
        SOLD_OUT: capacity - sumOf(taken) < quantity && left >= 0 && left < quantity,
        LIMIT_REACHED: maxPerUser !== null && sumOf(taken.filter(ofUser(userId))) + quantity > maxPerUser,
        IDEMPOTENCY_KEY_REUSED: sameKey.some((other) => other.from < to && other.asked.wish.quantity !== quantity),
      };
      if (canBeTrue[outcome.code]) return [];
      const places = `${sumOf(taken)} of ${capacity} places can have been taken`;
      return [
        `${outcome.code} for ${quantity} of event ${eventId}: ${places}\n${describeAttempts(history, [attempt])}`,
      ];
    });
  },

  'nobody holds more places than maxPerUser': ({ history, rows }) =>
    history.events.flatMap(({ id, maxPerUser }) => {
      if (maxPerUser === null) return [];
      const holding = rows.filter((row) => `${row.eventId}` === id && ['PENDING', 'FINALIZED'].includes(row.status));
      return [...groupBy(holding, ({ userId }) => userId)].flatMap(([userId, bookings]) => {
        const places = sumOf(bookings);
        return places <= maxPerUser ? [] : [`user ${userId} holds ${places} places of event ${id}`];
      });
    }),

  'the numbers of an event agree with each other': ({ history }) =>
    history.attempts.flatMap((attempt) => {
      if (attempt.outcome.kind !== 'accepted' || attempt.asked.action !== 'stats') return [];
      const { eventId } = attempt.asked;
      const { numbers } = attempt.outcome;
      const right =
        numbers &&
        numbers.capacity === history.events.find(({ id }) => id === eventId)?.capacity &&
        numbers.availableCount >= 0 &&
        numbers.pendingCount >= 0 &&
        numbers.bookedCount + numbers.availableCount === numbers.capacity &&
        numbers.pendingCount + numbers.finalizedCount === numbers.bookedCount;
      return right ? [] : [describeAttempts(history, [attempt])];
    }),
};

/** From when to when each booking can at most have held its places, as far as the clients can know. */
function heldPlaces(history: History, rows: readonly BookingRow[]) {
  const byKey = groupBy(bookAttempts(history), ({ asked: { wish } }) => `${wish.userId} ${wish.key}`);
  const byId = groupBy(bookAttempts(history).filter(toldIn), (attempt) => `${toldIn(attempt)?.id}`);
  const cancelled = history.attempts.filter(
    ({ asked, outcome }) => asked.action === 'cancel' && outcome.kind === 'accepted',
  );
  const cancels = groupBy(cancelled, ({ asked }) => (asked.action === 'cancel' ? asked.bookingId : ''));
  return rows.map(({ id, eventId, userId, key, quantity }) => {
    const asking = key === null ? byId.get(`${id}`) : byKey.get(`${userId} ${key}`);
    const from = Math.min(...(asking ?? []).map((attempt) => attempt.from));
    const to = Math.min(...(cancels.get(`${id}`) ?? []).map((attempt) => attempt.to));
    return { eventId: `${eventId}`, userId, quantity, from: asking ? from : 0, to };
  });
}

function sumOf(bookings: readonly { readonly quantity: number }[]): number {
  return bookings.reduce((sum, { quantity }) => sum + quantity, 0);
}

function ofUser(userId: string) {
  return (booking: { readonly userId: string }) => booking.userId === userId;
}
