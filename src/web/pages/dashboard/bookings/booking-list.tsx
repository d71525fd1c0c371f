import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { BookingRow } from '../../../generated/operations.ts';
import { useDeskWords } from '../desk-words.ts';

/** As in desk.css. */
const ROW_HEIGHT_PX = 56;
const ROWS_AROUND = 8;
/** Who has no mouse scrolls it as well. */
const SCROLLED_BY_KEYBOARD = { tabIndex: 0 };
/** Of the list, in rows. */
const VIEW_ROWS = 12;

interface BookingListProps {
  /** Newest first. */
  readonly rows: readonly BookingRow[];
  readonly timeZone: string;
  /** What is said when there is none. */
  readonly nothing: string;
  /** The last of them is in sight. */
  readonly onEnd?: () => void;
}

/** Any number of bookings, of which only those in sight are there. Who reads further down is not moved when others come. */
export function BookingList({ rows, timeZone, nothing, onEnd }: BookingListProps) {
  const { say } = useDeskWords();
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const first = useRef<string | undefined>(undefined);
  const from = Math.max(0, Math.floor(top / ROW_HEIGHT_PX) - ROWS_AROUND);
  const to = Math.min(rows.length, from + VIEW_ROWS + 2 * ROWS_AROUND);

  useLayoutEffect(() => {
    const box = list.current;
    const added = first.current === undefined ? 0 : rows.findIndex(({ id }) => id === first.current);
    if (box && box.scrollTop > 0 && added > 0) box.scrollTop += added * ROW_HEIGHT_PX;
    first.current = rows[0]?.id;
  }, [rows]);
  useLayoutEffect(() => {
    if (to === rows.length) onEnd?.();
  }, [to, rows.length]);

  if (rows.length === 0) return <p class="desk-empty">{nothing}</p>;
  return (
    <section
      class="desk-list"
      ref={list}
      {...SCROLLED_BY_KEYBOARD}
      aria-label={say.streamScroll}
      onScroll={(scroll) => setTop(scroll.currentTarget.scrollTop)}
    >
      <ul style={{ height: `${rows.length * ROW_HEIGHT_PX}px` }}>
        {rows.slice(from, to).map((row, i) => (
          <Row key={row.id} row={row} place={from + i} of={rows.length} timeZone={timeZone} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly row: BookingRow;
  readonly place: number;
  readonly of: number;
  readonly timeZone: string;
}

function Row({ row, place, of, timeZone }: RowProps) {
  const { say, count, times } = useDeskWords();
  return (
    <li aria-posinset={place + 1} aria-setsize={of} style={{ top: `${place * ROW_HEIGHT_PX}px` }}>
      <a class="reference" href={`/bookings/${row.id}`}>
        {row.reference}
      </a>
      <span class="user">{row.holderName ? `${row.holderName} · ${row.userId}` : row.userId}</span>
      <span class="places">{count(say.places, row.quantity)}</span>
      <span class={`desk-chip ${row.status.toLowerCase()}`}>{say.bookingStatus[row.status]}</span>
      <time dateTime={row.createdAt}>{times.moment(row.createdAt, timeZone)}</time>
    </li>
  );
}
