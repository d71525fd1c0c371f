import type { LiveUpdates } from '../bookings/live/live-updates.ts';
import type { EventQueries } from '../events/event-queries.ts';
import type { GraphqlContext } from '../http/graphql/context.ts';
import type { Ticket } from '../tickets/ticket.entity.ts';
import type { CheckInInput } from './check-in.ts';
import type { OfflineScan } from './check-in-batch.ts';
import type { CheckInOutcome } from './scan.ts';

/** What both APIs have to do at the door. */
export interface DoorUseCases {
  readonly events: Pick<EventQueries, 'find' | 'page'>;
  readonly checkIn: (input: CheckInInput) => Promise<CheckInOutcome>;
  readonly checkInBatch: (eventId: string | number, scans: readonly OfflineScan[]) => Promise<CheckInOutcome[]>;
  readonly undoCheckIn: (ticketId: number | null, reason: string) => Promise<Ticket>;
  readonly liveUpdates: Pick<LiveUpdates, 'eventStats'>;
}

export interface DoorContext extends GraphqlContext {
  readonly useCases: DoorUseCases;
}
