import { usePolled } from '../../../data/use-polled.ts';
import { type BookingRow, BookingsOfEvent } from '../../../generated/operations.ts';
import { useDeskWords } from '../desk-words.ts';
import { BookingList } from './booking-list.tsx';

const MAX_FOUND = 100;
const MAX_REFERENCE_LENGTH = 32;
const EVERY_MS = 3_000;

interface SearchResultsProps {
  readonly eventId: string;
  /** A reference, as it was read out, or a user. */
  readonly wanted: string;
  readonly timeZone: string;
}

/** What was found, as it is now. */
export function SearchResults({ eventId, wanted, timeZone }: SearchResultsProps) {
  const { say, count, fill } = useDeskWords();
  const reference = wanted.replace(/[\s-]/g, '').toUpperCase().slice(0, MAX_REFERENCE_LENGTH);
  const byReference = usePolled(BookingsOfEvent, { eventId, first: 1, reference }, EVERY_MS);
  const byUser = usePolled(BookingsOfEvent, { eventId, first: MAX_FOUND, userId: wanted }, EVERY_MS);
  const known = byReference.data && byUser.data;
  const rows = new Map<string, BookingRow>();
  for (const { data } of [byReference, byUser]) {
    for (const { node } of data?.bookings.edges ?? []) rows.set(node.id, node);
  }
  const found = () => {
    if (rows.size === 0) return say.foundNone;
    return byUser.data?.bookings.pageInfo.hasNextPage
      ? fill(say.foundMany, { n: rows.size })
      : count(say.found, rows.size);
  };
  return (
    <>
      <p class="desk-found" role="status">
        {known ? found() : say.asking}
      </p>
      <BookingList rows={[...rows.values()]} timeZone={timeZone} nothing="" />
    </>
  );
}
