import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../../../app/app-context.ts';
import { RequestFailed } from '../../../data/request-failed.ts';
import { useStore } from '../../../data/store.ts';
import { useWatched } from '../../../data/use-watched.ts';
import { BookingsChanged, BookingsOfEvent } from '../../../generated/operations.ts';
import { BookingStream } from './booking-stream.ts';

const PAGE = 100;
/** Nobody reads faster. */
const SHOWN_EVERY_MS = 200;
const RETRY_MS = 3_000;

/** The bookings of an event, newest first: those there are, a page at a time, and those that come. */
export function useBookingStream(eventId: string) {
  const { boxOffice } = useApp();
  const [stream] = useState(() => new BookingStream());
  const view = useStore(stream.view);
  const read = useCallback(
    async (after: string | null) => {
      const { bookings } = await boxOffice.ask(BookingsOfEvent, { eventId, first: PAGE, after });
      const rows = bookings.edges.map(({ node }) => node);
      if (after === null && stream.view.get().rows.length > 0) stream.add(rows);
      else stream.load(rows);
      return bookings.pageInfo.hasNextPage ? bookings.pageInfo.endCursor : null;
    },
    [eventId],
  );
  useWatched(BookingsChanged, { eventId }, { next: ({ eventBookingsChanged }) => stream.add([eventBookingsChanged]) });
  useEffect(() => {
    const timer = setInterval(() => stream.flush(), SHOWN_EVERY_MS);
    return () => clearInterval(timer);
  }, [stream]);
  return { ...view, more: usePages(read), pause: (paused: boolean) => stream.pause(paused) };
}

type ReadPage = (after: string | null) => Promise<string | null>;

/** @param read gives the end of a page when another follows. @returns what reads the next one */
function usePages(read: ReadPage): () => Promise<void> {
  const connection = useStore(useApp().boxOffice.watching.connection);
  /** Where the next page begins; null: there is none, or it is on its way; undefined: the first is not read yet. */
  const next = useRef<string | null | undefined>(undefined);
  // What came while nobody listened is read, at the start and whenever the socket is back.
  useEffect(() => {
    if (connection !== 'connected') return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const catchUp = async () => {
      try {
        const end = await read(null);
        if (next.current === undefined) next.current = end;
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        timer = setTimeout(catchUp, RETRY_MS);
      }
    };
    void catchUp();
    return () => clearTimeout(timer);
  }, [connection, read]);
  return useCallback(async () => {
    const after = next.current;
    if (!after) return;
    next.current = null;
    next.current = await read(after).catch(() => after);
  }, [read]);
}
