import { useEffect, useState } from 'preact/hooks';
import { useDeskWords } from '../desk-words.ts';
import { BookingList } from './booking-list.tsx';
import { SearchForm } from './search-form.tsx';
import { SearchResults } from './search-results.tsx';
import { useBookingStream } from './use-booking-stream.ts';
import './bookings.css';

interface BookingsCardProps {
  readonly eventId: string;
  readonly timeZone: string;
}

/** The bookings of an event: as they come, or those that somebody looks for. */
export function BookingsCard({ eventId, timeZone }: BookingsCardProps) {
  const { say, count } = useDeskWords();
  const { rows, paused, waiting, pause, more } = useBookingStream(eventId);
  const [wanted, search] = useState('');
  useEffect(() => search(''), [eventId]);
  return (
    <section class="desk-card" aria-labelledby="desk-stream">
      <header class="desk-card-head">
        <h2 id="desk-stream">{say.stream}</h2>
        <SearchForm wanted={wanted} onSearch={search} />
        {wanted === '' && (
          <p class="desk-pause">
            <span>{paused && waiting > 0 ? count(say.came, waiting) : ''}</span>
            <button type="button" class="button" aria-pressed={paused} onClick={() => pause(!paused)}>
              {paused ? say.goOn : say.pause}
            </button>
          </p>
        )}
      </header>
      {wanted === '' ? (
        <BookingList rows={rows} timeZone={timeZone} nothing={say.streamEmpty} onEnd={more} />
      ) : (
        <SearchResults eventId={eventId} wanted={wanted} timeZone={timeZone} />
      )}
    </section>
  );
}
