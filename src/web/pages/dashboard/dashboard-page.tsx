import { useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useHead } from '../../app/head.ts';
import { usePolled } from '../../data/use-polled.ts';
import { DeskEvents, type EventCard } from '../../generated/operations.ts';
import './desk.css';
import { isRefusal } from '../sign-in/signed-in-only.tsx';
import { useDeskWords } from './desk-words.ts';
import { CreateDialog } from './form/create-dialog.tsx';
import { HealthStrip } from './health-strip.tsx';
import { NothingYet } from './nothing-yet.tsx';
import { StatusChip } from './status-chip.tsx';
import './events.css';
import './tiles.css';

const EVERY_MS = 2_000;

/** All that an organizer has on sale. */
export function DashboardPage() {
  const { say, number } = useDeskWords();
  const { navigation } = useApp();
  const [creating, create] = useState(false);
  const { data, failure } = usePolled(DeskEvents, {}, EVERY_MS);
  useHead(say.dashboard);
  if (!data || isRefusal(failure)) return <NothingYet failure={failure} />;
  const { report, events } = data;
  return (
    <div class="desk">
      <header class="desk-head">
        <h1>{say.dashboard}</h1>
        <button type="button" class="button primary" onClick={() => create(true)}>
          {say.newEvent}
        </button>
      </header>
      <dl class="desk-tiles three" aria-label={say.totals}>
        <Total name={say.capacity} value={number(report.totalCapacity)} />
        <Total name={say.booked} value={number(report.totalReserved)} />
        <Total name={say.final} value={number(report.totalFinalized)} />
      </dl>
      <h2>{say.events}</h2>
      {events.edges.length === 0 && <p>{say.noEvents}</p>}
      <ul class="desk-events">
        {events.edges.map(({ node }) => (
          <EventLine key={node.id} event={node} />
        ))}
      </ul>
      <HealthStrip health={data.serviceHealth} failure={failure} />
      {creating && (
        <CreateDialog onClose={() => create(false)} onCreated={({ id }) => navigation.go(`/dashboard/events/${id}`)} />
      )}
    </div>
  );
}

function Total({ name, value }: { name: string; value: string }) {
  return (
    <div class="desk-tile">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function EventLine({ event }: { readonly event: EventCard }) {
  const { say, times, number, fill } = useDeskWords();
  const { capacity, availableCount } = event.stats;
  const booked = capacity - availableCount;
  return (
    <li>
      <a href={`/dashboard/events/${event.id}`}>
        <strong>{event.title}</strong>
        <span class="where">
          {event.startsAt ? times.moment(event.startsAt, event.timeZone) : say.eventDate}
          {event.venue && ` · ${event.venue}`}
        </span>
        <StatusChip status={event.status} />
        <span class="sold">{fill(say.ofCapacity, { booked: number(booked), capacity: number(capacity) })}</span>
        <span class="desk-bar" aria-hidden="true">
          <span class="final" style={{ width: `${(100 * booked) / capacity}%` }} />
        </span>
      </a>
    </li>
  );
}
