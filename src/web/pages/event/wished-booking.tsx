import { useApp } from '../../app/app-context.ts';
import { useBooking } from '../../data/use-booking.ts';
import type { EventFacts } from '../../generated/operations.ts';
import { FailureLine } from '../../parts/failure-line.tsx';
import { BookingPanel } from '../booking/booking-panel.tsx';
import { LoadingPage } from '../loading-page.tsx';
import { SignIn } from '../sign-in/sign-in.tsx';

interface Props {
  readonly event: EventFacts;
  readonly bookingId: string;
  readonly startAgain: () => void;
}

/** What came of a wish, in the place where it was made. */
export function WishedBooking({ event, bookingId, startAgain }: Props) {
  const { words } = useApp();
  const { booking, event: now, failure, isMissing, see } = useBooking(bookingId);
  if (failure?.code === 'UNAUTHENTICATED') return <SignIn title={words.say.signIn.over} />;
  if (booking) return <BookingPanel {...{ booking, see, startAgain }} event={now ?? event} />;
  if (isMissing) return <Missing startAgain={startAgain} />;
  return failure ? <FailureLine failure={failure} /> : <LoadingPage />;
}

function Missing({ startAgain }: { readonly startAgain: () => void }) {
  const { say } = useApp().words;
  return (
    <section class="notice">
      <p>{say.booking.notYours}</p>
      <button class="button" type="button" onClick={startAgain}>
        {say.booking.startAgain}
      </button>
    </section>
  );
}
