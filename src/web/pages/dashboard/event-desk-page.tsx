import { useState } from 'preact/hooks';
import { useHead } from '../../app/head.ts';
import type { PageProps } from '../../app/routes.ts';
import { newest } from '../../data/newest.ts';
import type { RequestFailed } from '../../data/request-failed.ts';
import { usePolled } from '../../data/use-polled.ts';
import { useWatched } from '../../data/use-watched.ts';
import {
  Desk,
  type EventFacts,
  type Health,
  type InTheHouse,
  InTheHouseChanged,
  PlacesChanged,
} from '../../generated/operations.ts';
import { NotFoundPage } from '../not-found-page.tsx';
import './desk.css';
import { isRefusal } from '../sign-in/signed-in-only.tsx';
import { BookingsCard } from './bookings/bookings-card.tsx';
import { useDeskWords } from './desk-words.ts';
import { EventActions } from './event-actions.tsx';
import { HealthStrip } from './health-strip.tsx';
import { NothingYet } from './nothing-yet.tsx';
import { SalesCard } from './sales/sales-card.tsx';
import { StatusChip } from './status-chip.tsx';
import { Tiles } from './tiles.tsx';

/** What others edit is seen within so long; numbers come by themselves. */
const EVERY_MS = 3_000;

export function EventDeskPage({ id }: PageProps) {
  const { data, failure } = usePolled(Desk, { id }, EVERY_MS);
  if (data?.event === null) return <NotFoundPage />;
  if (!data?.event || isRefusal(failure)) return <NothingYet failure={failure} />;
  return <EventDesk asked={data.event} house={data.checkInStats} health={data.serviceHealth} failure={failure} />;
}

interface EventDeskProps {
  readonly asked: EventFacts;
  readonly house: InTheHouse | null;
  readonly health: Health;
  readonly failure: RequestFailed | null;
}

/** One sale, to be watched and steered. */
function EventDesk({ asked, house, health, failure }: EventDeskProps) {
  const { say, times, fill } = useDeskWords();
  const [edited, setEdited] = useState(asked);
  const event = newest(edited, asked);
  const [live, setLive] = useState(asked.stats);
  const places = newest(live, newest(asked.stats, event.stats));
  const [counted, setCounted] = useState<InTheHouse | null>(null);
  useHead(event.title);
  useWatched(
    PlacesChanged,
    { eventId: event.id },
    {
      next: ({ eventStatsChanged }) => setLive((shown) => newest(shown, eventStatsChanged)),
    },
  );
  useWatched(
    InTheHouseChanged,
    { eventId: event.id },
    { next: ({ checkInStatsChanged }) => setCounted(checkInStatsChanged) },
  );
  const changed = (now: EventFacts) => setEdited((shown) => newest(shown, now));
  return (
    <div class="desk">
      <header class="desk-head">
        <div>
          <p class="up">
            <a href="/dashboard">{say.allEvents}</a>
          </p>
          <h1>{event.title}</h1>
          <p class="where">
            {event.startsAt
              ? `${times.day(event.startsAt, event.timeZone)}, ${times.clock(event.startsAt, event.timeZone)}`
              : say.eventDate}
            {event.venue && ` · ${event.venue}`}
          </p>
        </div>
        <StatusChip status={event.status} />
      </header>
      {event.cancellationReason && <p class="desk-note">{fill(say.cancelled, { reason: event.cancellationReason })}</p>}
      <EventActions event={{ ...event, stats: places }} onChanged={changed} />
      <Tiles places={places} inTheHouse={counted ?? house} />
      <HealthStrip health={health} failure={failure} />
      <SalesCard eventId={event.id} timeZone={event.timeZone} places={places} />
      <BookingsCard eventId={event.id} timeZone={event.timeZone} />
    </div>
  );
}
