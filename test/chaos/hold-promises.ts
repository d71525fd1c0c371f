import type { ConfirmAttempt } from './history.ts';
import { describeAttempts } from './history.ts';
import type { Promises } from './promises.ts';
import type { BookingRow } from './stage.ts';

/** What buyers were told of holds that they confirmed, or let lapse, against the rows. */
export const holdPromises: Promises = {
  'of a confirmation and the end of a hold one happens, and all who asked were told which': ({
    history,
    rows,
    events,
  }) => {
    const cancelled = new Set(events.filter(({ status }) => status === 'CANCELLED').map(({ id }) => id));
    const confirms = Map.groupBy(history.confirms, ({ bookingId }) => bookingId);
    return rows.flatMap((row) => {
      const asked = confirms.get(row.id) ?? [];
      const problem = wrongHold(row, cancelled.has(row.eventId), asked);
      return problem ? [`booking ${row.id}: ${problem}\n${describeAttempts(history, asked)}`] : [];
    });
  },
};

function wrongHold(row: BookingRow, eventCancelled: boolean, asked: readonly ConfirmAttempt[]): string | null {
  const about = `${row.status}, ${row.confirmed ? 'confirmed' : 'not confirmed'}`;
  if (row.status === 'EXPIRED' && !row.hold) return `${about}, and it was no hold`;
  if (row.confirmed && asked.length === 0) return `${about}, and nobody asked for that`;
  const untrue = asked.some(({ outcome }) => {
    if (outcome.kind === 'confirmed') return !row.confirmed;
    if (outcome.kind !== 'refused' || outcome.code === 'BUSY') return false;
    if (outcome.code === 'HOLD_EXPIRED') return row.status !== 'EXPIRED';
    // The worker cancels what a cancelled event has; a hold may be over before that.
    if (outcome.code === 'NOT_ON_SALE') return row.confirmed || !eventCancelled;
    return row.confirmed || row.status !== 'CANCELLED';
  });
  return untrue ? `${about}, and somebody was told otherwise` : null;
}
