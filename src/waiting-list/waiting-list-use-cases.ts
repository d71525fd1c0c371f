import type DataLoader from 'dataloader';
import type { Booking } from '../bookings/booking.entity.ts';
import type { BookingContext } from '../bookings/booking-use-cases.ts';
import type { EntryNow, WaitingListQueries } from '../bookings/offers/waiting-list-queries.ts';
import type { JoinWaitingListInput } from './join-waiting-list.ts';
import type { JoinOutcome } from './waiting-wish.ts';

/** What both APIs have to do with waiting lists. */
export interface WaitingListUseCases {
  readonly waitingList: Pick<WaitingListQueries, 'find' | 'offers' | 'counts'>;
  readonly joinWaitingList: (input: JoinWaitingListInput) => Promise<JoinOutcome>;
  readonly leaveWaitingList: (id: number | null, requiredOwner: string | null) => Promise<EntryNow>;
  /** The entry as it is now, then as it becomes. */
  readonly liveUpdates: {
    waitingListEntry(id: number | null, requiredOwner: string | null): Promise<AsyncIterable<EntryNow>>;
  };
}

export interface WaitingListContext extends BookingContext {
  readonly useCases: WaitingListUseCases & BookingContext['useCases'];
  readonly rows: BookingContext['rows'] & {
    readonly offerByEntry: Pick<DataLoader<number, Booking | null>, 'load'>;
    readonly waitingCountByEvent: Pick<DataLoader<number, number>, 'load'>;
  };
}
