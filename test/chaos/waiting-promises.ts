import { describeAttempts, type EntryAttempt, type JoinAttempt, type ToldEntry } from './history.ts';
import type { Promises } from './promises.ts';
import type { BookingRow, EntryRow } from './stage.ts';

/** What those who wait were told, against the rows. */
export const waitingPromises: Promises = {
  'whoever was told that they wait has their entry, and its end stays what they were told': ({ history, entries }) => {
    const rows = new Map(entries.map((row) => [row.id, row]));
    return [...history.joins, ...history.leaves, ...history.entryLooks].flatMap((attempt) => {
      const told = entryIn(attempt);
      const problem = told && wrongEntry(told, rows.get(told.id));
      return problem ? [`entry ${told.id}: ${problem}\n${describeAttempts(history, [attempt])}`] : [];
    });
  },

  'an offer is for whom it was made, once, and its end is that of its entry': ({ rows, entries }) => {
    const byId = new Map(entries.map((row) => [row.id, row]));
    const offers = rows.filter(({ entryId }) => entryId !== null);
    const twice = [...Map.groupBy(offers, ({ entryId }) => entryId)].filter(([, ofEntry]) => ofEntry.length > 1);
    return [
      ...twice.map(([entryId]) => `entry ${entryId} was offered something twice`),
      ...offers.flatMap((offer) => {
        const entry = byId.get(offer.entryId as string);
        return entry && agree(offer, entry) ? [] : [`booking ${offer.id} ${JSON.stringify({ offer, entry })}`];
      }),
    ];
  },

  'nobody overtakes those who joined before and want no more': ({ history, rows, entries }) => {
    const joins = new Map(
      history.joins.flatMap((join) => (join.outcome.kind === 'waiting' ? [[join.outcome.id, join]] : [])),
    );
    const offers = new Map(rows.map(({ entryId, id }) => [entryId, Number(id)]));
    return entries.flatMap((later) => {
      const offer = offers.get(later.id);
      if (offer === undefined) return [];
      const overtaken = entries.filter((earlier) => {
        const isBefore = earlier.eventId === later.eventId && Number(earlier.id) < Number(later.id);
        if (!isBefore || earlier.quantity > later.quantity || !joinedBefore(joins, earlier, later)) return false;
        // The ids of the offers of an event are in their order.
        return earlier.status === 'WAITING' || (offers.get(earlier.id) ?? 0) > offer;
      });
      return overtaken.map(
        (earlier) => `${JSON.stringify(later)} was offered a place before ${JSON.stringify(earlier)}`,
      );
    });
  },

  'nobody waits beside places that are enough for them': ({ events, entries }) =>
    entries.flatMap((entry) => {
      const event = events.find(({ id }) => id === entry.eventId);
      const fits = event?.status === 'ON_SALE' && entry.quantity <= event.capacity - event.booked;
      return entry.status === 'WAITING' && fits ? [`${JSON.stringify(entry)} beside ${JSON.stringify(event)}`] : [];
    }),
};

function entryIn({ outcome }: JoinAttempt | EntryAttempt): ToldEntry | null {
  return outcome.kind === 'waiting' || outcome.kind === 'entry' ? outcome : null;
}

function wrongEntry(told: ToldEntry, row: EntryRow | undefined): string | null {
  if (!row) return 'is not there';
  const { eventId, userId, quantity, status } = told;
  if (row.eventId !== eventId || row.userId !== userId || row.quantity !== quantity) return JSON.stringify(row);
  const ended = status !== 'WAITING' && status !== 'OFFERED';
  return ended && row.status !== status ? `is ${row.status}, and was ${status}` : null;
}

function agree(offer: BookingRow, { eventId, userId, quantity, status }: EntryRow): boolean {
  if (offer.eventId !== eventId || offer.userId !== userId || offer.quantity !== quantity) return false;
  if (offer.confirmed) return status === 'CONVERTED';
  if (offer.status === 'HELD') return status === 'OFFERED';
  return offer.status === 'EXPIRED' ? status === 'LAPSED' : status === 'LEFT' || status === 'LAPSED';
}

/** Of two who ask at the same time either may be the first. */
function joinedBefore(joins: ReadonlyMap<string, JoinAttempt>, earlier: EntryRow, later: EntryRow): boolean {
  const [first, second] = [joins.get(earlier.id), joins.get(later.id)];
  return first !== undefined && second !== undefined && first.endedAt < second.startedAt;
}
