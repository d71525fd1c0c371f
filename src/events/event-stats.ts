import { availableCount, type Event } from './event.entity.ts';

/** Counts are places, read from the event's counters: they cost the same however many bookings there are. */
export interface EventStats {
  readonly eventId: number;
  readonly capacity: number;
  readonly bookedCount: number;
  readonly availableCount: number;
  readonly pendingCount: number;
  readonly finalizedCount: number;
  readonly version: number;
}

export function eventStats(event: Event): EventStats {
  return {
    eventId: event.id,
    capacity: event.capacity,
    bookedCount: event.bookedCount,
    availableCount: availableCount(event),
    pendingCount: event.bookedCount - event.finalizedCount,
    finalizedCount: event.finalizedCount,
    version: event.version,
  };
}
