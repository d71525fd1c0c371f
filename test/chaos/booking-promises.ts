import type { BookingRow } from './database.ts';
import { describeAttempts } from './describe.ts';
import type { Attempt, History, Told, Wish } from './history.ts';
import type { Promises } from './promises.ts';

type BookAttempt = Attempt & { readonly asked: { readonly action: 'book'; readonly wish: Wish } };

/** What clients were told of bookings, against the rows. */
export const bookingPromises: Promises = {
  'an accepted booking exists, with its owner, event and quantity': ({ history, rows }) => {
    const stored = new Map(rows.map((row) => [`${row.id}`, row]));
    const cancels = groupBy(
      history.attempts.filter(({ asked }) => asked.action === 'cancel'),
      ({ asked }) => (asked.action === 'cancel' ? asked.bookingId : ''),
    );
    return bookAttempts(history).flatMap((attempt) => {
      const told = toldIn(attempt);
      if (!told) return [];
      const { wish } = attempt.asked;
      const row = stored.get(told.id);
      const as = row && { id: `${row.id}`, reference: row.reference, eventId: `${row.eventId}`, userId: row.userId };
      const asked = { id: told.id, reference: told.reference, eventId: wish.eventId, userId: wish.userId };
      const right =
        told.eventId === wish.eventId &&
        told.userId === wish.userId &&
        told.quantity === wish.quantity &&
        row?.quantity === wish.quantity &&
        JSON.stringify(as) === JSON.stringify(asked);
      const problem = right ? wrongStatus(row, cancels.get(told.id) ?? []) : `the row is ${JSON.stringify(row)}`;
      return problem ? [`booking ${told.id}: ${problem}\n${describeAttempts(history, [attempt])}`] : [];
    });
  },

  'every booking was asked for, and none is of a request that was refused': ({ history, rows }) => {
    const byKey = groupBy(bookAttempts(history), ({ asked: { wish } }) => identity(wish.userId, wish.key, wish));
    const used = new Map<string, number>();
    return rows.flatMap((row) => {
      const same = identity(row.userId, row.key, { eventId: `${row.eventId}`, quantity: row.quantity });
      const attempts = byKey.get(same) ?? [];
      const possible = attempts.filter(({ outcome }) => outcome.kind !== 'refused').length;
      used.set(same, (used.get(same) ?? 0) + 1);
      const fits = attempts.some(
        ({ asked: { wish } }) => wish.eventId === `${row.eventId}` && wish.quantity === row.quantity,
      );
      if (fits && possible >= (used.get(same) as number)) return [];
      return [`booking ${row.id} ${JSON.stringify(row)} was not asked for\n${describeAttempts(history, attempts)}`];
    });
  },

  'one booking per key, and every answer for the key is that booking': ({ history, rows }) => {
    const stored = groupBy(
      rows.filter(({ key }) => key !== null),
      ({ userId, key }) => `${userId} ${key}`,
    );
    const asked = groupBy(
      bookAttempts(history).filter(({ asked: { wish } }) => wish.key !== null),
      ({ asked: { wish } }) => `${wish.userId} ${wish.key}`,
    );
    return [...asked].flatMap(([key, attempts]) => {
      const ids = new Set([
        ...attempts.flatMap((attempt) => toldIn(attempt)?.id ?? []),
        ...(stored.get(key) ?? []).map(({ id }) => `${id}`),
      ]);
      return ids.size <= 1 ? [] : [`key ${key} has ${[...ids].join(', ')}\n${describeAttempts(history, attempts)}`];
    });
  },

  'a repeat is answered as the first time, and another request under its key is refused': ({ history }) => {
    const asked = groupBy(
      bookAttempts(history).filter(({ asked: { wish } }) => wish.key !== null),
      ({ asked: { wish } }) => `${wish.userId} ${wish.key}`,
    );
    return [...asked].flatMap(([key, attempts]) => {
      const first = attempts.filter(toldIn).sort((a, b) => a.to - b.to)[0];
      if (!first) return [];
      const wrong = attempts.some(({ from, outcome, asked: { wish } }) => {
        const same = wish.quantity === first.asked.wish.quantity;
        if (from < first.to) return false;
        if (outcome.kind === 'accepted') return !same;
        return (
          outcome.kind === 'refused' && outcome.code !== 'BUSY' && (same || outcome.code !== 'IDEMPOTENCY_KEY_REUSED')
        );
      });
      return wrong ? [`key ${key}\n${describeAttempts(history, attempts)}`] : [];
    });
  },
};

export function bookAttempts(history: History): BookAttempt[] {
  return history.attempts.filter((attempt): attempt is BookAttempt => attempt.asked.action === 'book');
}

export function toldIn({ outcome }: Attempt): Told | undefined {
  return outcome.kind === 'accepted' ? outcome.booking : undefined;
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Requests that nothing tells apart. */
function identity(userId: string, key: string | null, wish: Pick<Wish, 'eventId' | 'quantity'>): string {
  return key === null ? `${userId} ${wish.eventId} ${wish.quantity}` : `${userId} key ${key}`;
}

function wrongStatus(row: BookingRow, cancels: readonly Attempt[]): string | null {
  const outcomes = cancels.map(({ outcome }) => outcome);
  if (row.status === 'CANCELLED') return outcomes.length > 0 ? null : 'CANCELLED, and nobody asked for that';
  if (outcomes.some(({ kind }) => kind === 'accepted')) return `${row.status}, after it was cancelled`;
  if (outcomes.some(({ kind }) => kind === 'refused')) return row.status === 'FAILED' ? null : 'could not be cancelled';
  return row.status === 'PENDING' ? 'still PENDING' : null;
}
