import { useWords } from '../../app/app-context.ts';
import { PanelFrame, type PanelProps } from './panel-frame.tsx';

type EndedStatus = 'EXPIRED' | 'FAILED' | 'CANCELLED';

/** What happened, and that nothing is owed. */
export function Ended({ booking, event, status, startAgain }: PanelProps & { readonly status: EndedStatus }) {
  const { say, count, fill } = useWords();
  const { status: eventStatus, cancellationReason } = event;
  const text = status === 'CANCELLED' ? count(say.booking.CANCELLED, booking.quantity) : say.booking[status];
  return (
    <PanelFrame booking={booking} heading={say.booking.steps[status]}>
      <p>
        {text} {say.booking.nothingOwed}
      </p>
      {eventStatus === 'CANCELLED' && <p>{fill(say.booking.eventCancelled, { reason: cancellationReason ?? '' })}</p>}
      {eventStatus === 'ON_SALE' && startAgain && (
        <button class="button primary" type="button" onClick={startAgain}>
          {say.booking.startAgain}
        </button>
      )}
      {eventStatus === 'ON_SALE' && !startAgain && (
        <a class="button primary" href={`/events/${event.id}`}>
          {say.booking.toEvent}
        </a>
      )}
    </PanelFrame>
  );
}
