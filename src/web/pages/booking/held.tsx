import { useEffect } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useInsistence } from '../../data/use-insistence.ts';
import { useNow } from '../../data/use-now.ts';
import { ConfirmBooking } from '../../generated/operations.ts';
import { AskingButton } from '../../parts/asking-button.tsx';
import { FailureLine } from '../../parts/failure-line.tsx';
import { CancelBookingButton } from './cancel-booking-button.tsx';
import { PanelFrame, type PanelProps } from './panel-frame.tsx';
import { Ring } from './ring.tsx';

const BUSY_RETRY_MS = 2_000;
const MINUTE_MS = 60_000;

/** Its places are held while somebody decides, and pays. */
export function Held({ booking, see }: PanelProps) {
  const { boxOffice, words, announcements } = useApp();
  const { say, count, times } = words;
  const now = useNow();
  const wholeMs = Date.parse(booking.expiresAt ?? '') - Date.parse(booking.createdAt);
  // Two clocks: it shall not begin with a second more than was promised.
  const leftMs = Math.min(wholeMs, Date.parse(booking.expiresAt ?? '') - now);
  const { insistence, failure, begin, stop } = useInsistence();
  const isLast = leftMs < MINUTE_MS;
  useEffect(() => {
    if (isLast) announcements.say(say.booking.minuteLeft);
  }, [isLast]);
  const confirm = () =>
    begin({
      // Whatever happens to this tab, the next try is the same payment.
      ask: (signal) =>
        boxOffice.ask(
          ConfirmBooking,
          {
            id: booking.id,
            idempotencyKey: `page-${booking.reference}`,
            paymentReference: `demo-${booking.reference}`,
          },
          signal,
        ),
      waitAfter: ({ confirmBooking: { __typename, ...refusal } }) =>
        'retryable' in refusal && refusal.retryable ? (refusal.retryAfterMs ?? BUSY_RETRY_MS) : null,
      answered: ({ confirmBooking }) => {
        if (confirmBooking.__typename === 'Booking') see(confirmBooking);
        else announcements.say(say.refusal[confirmBooking.code]);
      },
    });
  return (
    <PanelFrame booking={booking} heading={count(say.booking.held, booking.quantity)}>
      <Ring label={say.booking.timeLeft} text={times.left(leftMs)} part={leftMs / wholeMs} />
      <p>{say.booking.whatIsNext}</p>
      <FailureLine failure={failure} />
      <form
        class="actions"
        onSubmit={(submit) => {
          submit.preventDefault();
          confirm();
        }}
      >
        <AskingButton
          {...{ insistence, stop }}
          label={count(say.booking.confirm, booking.quantity)}
          asking={say.booking.confirming}
        />
      </form>
      <CancelBookingButton {...{ booking, see }} label={say.booking.giveBack} />
    </PanelFrame>
  );
}
