import { useApp } from '../../app/app-context.ts';
import { useHead } from '../../app/head.ts';
import { useStore } from '../../data/store.ts';
import { useAsked } from '../../data/use-asked.ts';
import { MyBookings } from '../../generated/operations.ts';
import { FailureLine } from '../../parts/failure-line.tsx';
import { LoadingPage } from '../loading-page.tsx';
import { SignIn } from '../sign-in/sign-in.tsx';
import { BookingStub } from './booking-stub.tsx';

/** What this browser bought, or whoever is signed in. */
export function TicketsPage() {
  const { boxOffice, words } = useApp();
  const { say } = words;
  useStore(boxOffice.session.token);
  useHead(say.mine.title);
  const userId = boxOffice.session.userId();
  return (
    <>
      <header class="lead">
        <h1>{say.mine.title}</h1>
      </header>
      {userId === null ? <SignIn title={say.signIn.title} /> : <Mine userId={userId} />}
    </>
  );
}

function Mine({ userId }: { readonly userId: string }) {
  const { say } = useApp().words;
  const { data, failure } = useAsked(MyBookings, { userId });
  if (failure?.code === 'UNAUTHENTICATED') return <SignIn title={say.signIn.over} />;
  if (!data) return failure ? <FailureLine failure={failure} /> : <LoadingPage />;
  const bookings = data.bookings.edges.map(({ node }) => node);
  if (bookings.length === 0) return <None />;
  return (
    <>
      <FailureLine failure={failure} />
      <ul class="stubs">
        {bookings.map((booking) => (
          <li key={booking.id}>
            <BookingStub booking={booking} />
          </li>
        ))}
      </ul>
    </>
  );
}

function None() {
  const { say } = useApp().words;
  return (
    <section class="notice">
      <h2>{say.mine.none}</h2>
      <p>{say.mine.noneText}</p>
      <a class="button" href="/">
        {say.toEvents}
      </a>
    </section>
  );
}
