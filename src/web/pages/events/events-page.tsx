import { useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useHead } from '../../app/head.ts';
import { useHydrated } from '../../app/use-hydrated.ts';
import { useAsked } from '../../data/use-asked.ts';
import { useInsistence } from '../../data/use-insistence.ts';
import { type EventCard, EventList } from '../../generated/operations.ts';
import { FailureLine } from '../../parts/failure-line.tsx';
import { EventStub } from './event-stub.tsx';

/** As many as a screen shows. A socket watches twenty at most, and an address some hundreds. */
const LIVE_EVENTS = 12;

export function EventsPage() {
  const { boxOffice, words } = useApp();
  const { say } = words;
  useHead('Box Office', say.list.title);
  const { data, failure } = useAsked(EventList, {});
  const [further, show] = useState<(typeof data)[]>([]);
  const { insistence, begin } = useInsistence();
  const pages = [data, ...further].filter((page) => page !== undefined);
  const end = pages.at(-1)?.events.pageInfo;
  const more = () =>
    begin({
      ask: (signal) => boxOffice.ask(EventList, { after: end?.endCursor }, signal),
      answered: (page) => show([...further, page]),
    });
  const events = pages.flatMap(({ events: { edges } }) => edges.map(({ node }) => node));
  return (
    <>
      <header class="lead">
        <h1>{say.list.title}</h1>
        {events.length > 0 && <p>{say.list.lead}</p>}
      </header>
      <FailureLine failure={failure} />
      {data && events.length === 0 ? <NoEvents /> : <Stubs events={events} nowMs={boxOffice.clock.now()} />}
      {end?.hasNextPage && (
        <button class="button quiet more" type="button" onClick={more} aria-busy={insistence !== null}>
          {say.list.more}
        </button>
      )}
    </>
  );
}

/** What comes next stands first; what is over, last. */
function Stubs({ events, nowMs }: { readonly events: readonly EventCard[]; readonly nowMs: number }) {
  const startOf = ({ startsAt }: EventCard) => (startsAt ? Date.parse(startsAt) : Number.POSITIVE_INFINITY);
  const endOfDay = (event: EventCard) => startOf(event) + 86_400_000;
  const coming = events.filter((event) => endOfDay(event) > nowMs).toSorted((a, b) => startOf(a) - startOf(b));
  const over = events.filter((event) => endOfDay(event) <= nowMs).toSorted((a, b) => startOf(b) - startOf(a));
  return (
    <ul class="stubs">
      {[...coming, ...over].map((event, i) => (
        <li key={event.id}>
          <EventStub event={event} live={i < LIVE_EVENTS} />
        </li>
      ))}
    </ul>
  );
}

function NoEvents() {
  const { boxOffice, words } = useApp();
  const { say } = words;
  const isOrganizer = useHydrated() && boxOffice.session.is('organizer');
  return (
    <section class="notice">
      <h2>{say.list.none}</h2>
      <p>{say.list.noneText}</p>
      {isOrganizer && (
        <a class="button" href="/dashboard">
          {say.list.create}
        </a>
      )}
    </section>
  );
}
