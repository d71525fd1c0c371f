import type { BookingLimits } from '../config.ts';
import { unavailable } from '../errors.ts';
import { availableCount } from '../events/event.entity.ts';
import { GroupCommit, requestsOf } from '../platform/group-commit.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import type { Tracing } from '../platform/tracing.ts';
import { isBusy, isUnavailable } from '../platform/transient-errors.ts';
import { recoverCommit } from './recover-commit.ts';
import { busy } from './refusals.ts';
import { answerAll, type DeskMemory, type Group, remembered, type ServeParts, serveGroup } from './serve-group.ts';
import type { BookingOutcome, TicketOrder } from './ticket-order.ts';

export interface EventDeskParts extends ServeParts {
  readonly limits: BookingLimits;
  readonly trouble: RepeatedTrouble;
  readonly tracing: Tracing;
}

/** Each group of a sold-out event reads it once to say so truthfully: fewer and larger groups say it as well. */
const SOLD_OUT_LINGER_MS = 5;

export type EventDesks = GroupCommit<number, TicketOrder, BookingOutcome, DeskMemory>;

/** The desks of all events: bookings for one event are committed in groups, one group at a time. */
export function createEventDesks(parts: EventDeskParts): EventDesks {
  const { tracing } = parts;
  const { maxWaitingPerEvent: maxWaiting, maxGroupSize, maxWaitMs } = parts.limits;
  return new GroupCommit<number, TicketOrder, BookingOutcome, DeskMemory>(
    { maxWaiting, maxGroupSize },
    async (eventId, members, memory) => {
      const tooLate = performance.now() - maxWaitMs;
      answerAll(
        members.filter(({ waitingSince }) => waitingSince < tooLate),
        busy(),
      );
      await tracing.group('booking group', requestsOf(members), () =>
        serveWhateverHappens(parts, { eventId, members }, memory),
      );
      return memory.lastSeen && availableCount(memory.lastSeen) === 0 ? SOLD_OUT_LINGER_MS : 0;
    },
    tracing.mark,
  );
}

async function serveWhateverHappens(parts: EventDeskParts, group: Group, memory: Partial<DeskMemory>): Promise<void> {
  try {
    await serveGroup(parts, group, memory, remembered(memory));
  } catch (error) {
    if (isBusy(error)) return answerAll(group.members, busy());
    const { eventId } = group;
    parts.trouble.note('warn', 'a group of bookings failed, trying once more', error, { eventId });
    delete memory.lastSeen;
    await recoverCommit(parts, group, memory).catch((again: unknown) => {
      // Whether the first attempt was committed is not known, so this cannot be BUSY.
      throw isBusy(again) || isUnavailable(again) ? unavailable(again) : again;
    });
  }
}
