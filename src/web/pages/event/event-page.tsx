import { useApp } from '../../app/app-context.ts';
import { useHead } from '../../app/head.ts';
import type { PageProps } from '../../app/routes.ts';
import { useAsked } from '../../data/use-asked.ts';
import { usePlaces } from '../../data/use-places.ts';
import { EventById, type EventFacts } from '../../generated/operations.ts';
import { EventWhen } from '../../parts/event-when.tsx';
import { FailureLine } from '../../parts/failure-line.tsx';
import { LoadingPage } from '../loading-page.tsx';
import { NotFoundPage } from '../not-found-page.tsx';
import { Purchase } from './purchase.tsx';

export function EventPage({ id }: PageProps) {
  const { data, failure, again } = useAsked(EventById, { id });
  const event = data?.event;
  if (event === null) return <NotFoundPage />;
  if (event) return <EventView event={event} askAgain={again} />;
  return failure ? <FailureLine failure={failure} /> : <LoadingPage />;
}

function EventView({ event, askAgain }: { readonly event: EventFacts; readonly askAgain: () => void }) {
  const { say } = useApp().words;
  const places = usePlaces(event.stats, { watch: event.status !== 'CANCELLED', edited: askAgain });
  useHead(event.title, [event.venue, event.description?.slice(0, 150)].filter(Boolean).join(' · '));
  return (
    <article class="event">
      <header class="event-head">
        <h1>{event.title}</h1>
        <p class="facts">
          <EventWhen event={event} />
          {event.venue && <span>{event.venue}</span>}
        </p>
      </header>
      <Purchase event={event} places={places} askAgain={askAgain} />
      {event.description && (
        <section class="about">
          <h2>{say.event.about}</h2>
          {event.description.split(/\n{2,}/).map((paragraph, i) => (
            <p key={i}>{paragraph}</p>
          ))}
        </section>
      )}
    </article>
  );
}
