import { useApp } from '../../app/app-context.ts';
import { useHead } from '../../app/head.ts';
import type { PageProps } from '../../app/routes.ts';
import { useStore } from '../../data/store.ts';
import { useBooking } from '../../data/use-booking.ts';
import { EventWhen } from '../../parts/event-when.tsx';
import { FailureLine } from '../../parts/failure-line.tsx';
import { LoadingPage } from '../loading-page.tsx';
import { SignIn } from '../sign-in/sign-in.tsx';
import { BookingPanel } from './booking-panel.tsx';

/** One booking, for whoever it belongs to. */
export function BookingPage({ id }: PageProps) {
  const { boxOffice, words } = useApp();
  const { say, fill } = words;
  const token = useStore(boxOffice.session.token);
  const { booking, event, failure, isMissing, see } = useBooking(id);
  useHead(booking ? fill(say.booking.title, { reference: booking.reference }) : say.myTickets);
  if (boxOffice.session.auth === 'jwt' && (token === null || failure?.code === 'UNAUTHENTICATED')) {
    return <SignIn title={token === null ? say.signIn.title : say.signIn.over} />;
  }
  if (isMissing) return <NotYours />;
  if (!booking || !event) return failure ? <FailureLine failure={failure} /> : <LoadingPage />;
  return (
    <article class="booking">
      <header class="event-head">
        <h1>{event.title}</h1>
        <p class="facts">
          <EventWhen event={event} />
          {event.venue && <span>{event.venue}</span>}
          <span>
            {say.booking.reference} <span class="reference">{booking.reference}</span>
          </span>
        </p>
        <a class="link" href={`/events/${event.id}`}>
          {say.booking.toEvent}
        </a>
      </header>
      <BookingPanel {...{ booking, event, see }} />
    </article>
  );
}

function NotYours() {
  const { say } = useApp().words;
  return (
    <section class="notice">
      <h1>{say.notFoundTitle}</h1>
      <p>{say.booking.notYours}</p>
      <a class="button" href="/tickets">
        {say.myTickets}
      </a>
    </section>
  );
}
