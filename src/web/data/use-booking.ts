import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/app-context.ts';
import {
  type BookedEvent,
  BookingById,
  BookingChanged,
  type BookingFacts,
  type BookingStatus,
} from '../generated/operations.ts';
import type { RequestFailed } from './request-failed.ts';
import { useAsked } from './use-asked.ts';
import { useWatched } from './use-watched.ts';

/** What changes by itself is watched. */
const MOVES: readonly (BookingStatus | undefined)[] = [undefined, 'HELD', 'PENDING'];

export interface ShownBooking {
  /** null: not known yet. */
  readonly booking: BookingFacts | null;
  readonly event: BookedEvent | null;
  /** There is none, or it is somebody else's. */
  readonly isMissing: boolean;
  readonly failure: RequestFailed | null;
  /** Something newer is known of it. */
  readonly see: (booking: BookingFacts) => void;
}

/** A booking, live: never older than it was seen before. */
export function useBooking(id: string): ShownBooking {
  const { seen } = useApp().boxOffice;
  const [booking, show] = useState(seen.get(id));
  const see = (arrived: BookingFacts) => show(seen.see(arrived));
  const [event, showEvent] = useState<BookedEvent | null>(null);
  const seeWithEvent = (arrived: BookingFacts & { readonly event: BookedEvent }) => {
    see(arrived);
    showEvent(arrived.event);
  };
  const { data, failure, again } = useAsked(BookingById, { id });
  useEffect(() => {
    if (data?.booking) seeWithEvent(data.booking);
  }, [data]);
  useWatched(BookingChanged, MOVES.includes(booking?.status) ? { id } : null, {
    next: ({ bookingStatusChanged }) => seeWithEvent(bookingStatusChanged),
  });
  useReturn(again);
  return { booking, event, isMissing: data?.booking === null, failure, see };
}

/** What is final can still be cancelled, elsewhere: whoever comes back to this tab sees it as it is. */
function useReturn(again: () => void): void {
  useEffect(() => {
    const returned = () => {
      if (document.visibilityState === 'visible') again();
    };
    document.addEventListener('visibilitychange', returned);
    return () => document.removeEventListener('visibilitychange', returned);
  }, []);
}
