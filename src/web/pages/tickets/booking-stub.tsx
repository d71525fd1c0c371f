import { useWords } from '../../app/app-context.ts';
import type { MyBooking } from '../../generated/operations.ts';
import { EventWhen } from '../../parts/event-when.tsx';

/** A booking in the list of what somebody has. */
export function BookingStub({ booking: { id, status, quantity, event, reference } }: { readonly booking: MyBooking }) {
  const { say, number, count } = useWords();
  const isGood = status === 'HELD' || status === 'PENDING' || status === 'FINALIZED';
  return (
    <a class={`stub ${isGood ? '' : 'dim'}`} href={`/bookings/${id}`}>
      <span class="stub-body">
        <strong class="stub-title">{event.title}</strong>
        <span class="facts">
          <EventWhen event={event} />
          {event.venue && <span>{event.venue}</span>}
          <span class="reference">{reference}</span>
        </span>
        <span class={`state ${isGood ? 'onSale' : 'ended'}`}>{say.mine.status[status]}</span>
      </span>
      <span class="stub-tear">
        <span class="figure">{number(quantity)}</span>
        <span>{count(say.mine.places, quantity)}</span>
      </span>
    </a>
  );
}
