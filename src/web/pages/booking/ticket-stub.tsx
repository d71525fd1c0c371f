import { useWords } from '../../app/app-context.ts';
import type { BookedEvent, BookingFacts } from '../../generated/operations.ts';
import { EventWhen } from '../../parts/event-when.tsx';
import { QrCode } from '../../parts/qr-code.tsx';

export type Ticket = BookingFacts['tickets'][number];

interface Props {
  readonly ticket: Ticket;
  readonly booking: BookingFacts;
  readonly event: BookedEvent;
}

/** A ticket as it is held: what it is for, and behind the perforation what lets its holder in. */
export function TicketStub({ ticket, booking, event }: Props) {
  const { say, fill, times } = useWords();
  const { serial: n, code, redeemedAt } = ticket;
  return (
    <article class={`stub stub-down ticket ${redeemedAt ? 'dim' : ''}`} aria-label={fill(say.ticket.name, { n })}>
      <div class="stub-body">
        <strong class="stub-title">{event.title}</strong>
        <p class="facts">
          <EventWhen event={event} />
          {event.venue && <span>{event.venue}</span>}
          {booking.holderName && <span>{booking.holderName}</span>}
        </p>
      </div>
      <div class="stub-tear">
        <QrCode code={code} serial={n} />
        <p class="facts">
          <span>{fill(say.ticket.of, { n, all: booking.quantity })}</span>
          <span class="reference">{booking.reference}</span>
        </p>
        {redeemedAt && <p>{fill(say.ticket.used, { time: times.moment(redeemedAt, event.timeZone) })}</p>}
        <a class="link" href={`/tickets/${code}.pdf`} target="_blank" rel="noreferrer">
          {say.ticket.pdf}
        </a>
      </div>
    </article>
  );
}
