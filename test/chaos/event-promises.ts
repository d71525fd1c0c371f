import { describeAttempts, isOpen } from './history.ts';
import type { Promises } from './promises.ts';

/** What the organizer was told of events that are edited and cancelled, against the rows. */
export const eventPromises: Promises = {
  'of the edits of one version at most one is made, and the event has every one that was told': ({ history, events }) =>
    [...Map.groupBy(history.edits, ({ eventId }) => eventId)].flatMap(([eventId, edits]) => {
      const row = events.find(({ id }) => id === eventId);
      const made = edits.filter(({ outcome }) => outcome.kind === 'edited');
      const open = edits.filter(isOpen);
      const twice = new Set(made.map(({ expectedVersion }) => expectedVersion)).size < made.length;
      const wrong = made.some(({ outcome, expectedVersion }) => {
        return outcome.kind === 'edited' && outcome.version !== expectedVersion + 1;
      });
      const versions = (row?.version ?? 0) - 1;
      const lost = versions < made.length || versions > made.length + open.length;
      const last = made.find(({ expectedVersion }) => expectedVersion === versions);
      const other = last !== undefined && last.capacity !== row?.capacity;
      if (!twice && !wrong && !lost && !other) return [];
      const about = `event ${eventId}: ${JSON.stringify(row)}, ${made.length} edits were told, ${open.length} are unknown`;
      return [`${about}\n${describeAttempts(history, edits.slice(-10))}`];
    }),

  'no booking of a cancelled event holds places, and none is made after the answer': ({ history, rows, events }) =>
    events.flatMap(({ id, status, booked }) => {
      const asked = history.eventCancels.filter(({ eventId }) => eventId === id);
      const told = asked.filter(({ outcome }) => outcome.kind === 'cancelled');
      if (told.length === 0 && status !== 'CANCELLED') return [];
      const from = Math.min(...told.map(({ endedAt }) => endedAt));
      const held = rows.filter((row) => row.eventId === id && ['HELD', 'PENDING', 'FINALIZED'].includes(row.status));
      const after = history.bookings.filter(({ startedAt, input, outcome }) => {
        if (input.eventId !== id || outcome.kind !== 'booked' || startedAt <= from) return false;
        // A repeat is answered as the first time; that one may have been left without an answer.
        const firsts = history.bookings.filter(({ input: { idempotencyKey } }) => {
          return idempotencyKey !== undefined && idempotencyKey === input.idempotencyKey;
        });
        return !firsts.some((first) => first.startedAt <= from);
      });
      if (status === 'CANCELLED' && asked.length > 0 && booked === 0 && held.length + after.length === 0) return [];
      const about = `event ${id} is ${status}, with ${booked} places booked, held by ${held.map((row) => row.id)}`;
      return [`${about}\n${describeAttempts(history, [...asked, ...after])}`];
    }),
};
