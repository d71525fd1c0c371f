import { useState } from 'preact/hooks';
import { useWords } from '../../app/app-context.ts';
import { calendarLink } from '../../data/calendar.ts';
import { CancelBookingButton } from './cancel-booking-button.tsx';
import { PanelFrame, type PanelProps } from './panel-frame.tsx';
import { ShownAtTheDoor } from './shown-at-the-door.tsx';
import { TicketStub } from './ticket-stub.tsx';

/** Its tickets are here. */
export function Final({ booking, event, see, startAgain }: PanelProps) {
  const { say, count } = useWords();
  const [shown, show] = useState<number | null>(null);
  const { tickets } = booking;
  const end = () => show(null);
  return (
    <PanelFrame booking={booking} heading={count(say.booking.final, booking.quantity)}>
      <p>{say.booking.finalText}</p>
      <ul class="tickets">
        {tickets.map((ticket) => (
          <li key={ticket.code}>
            <TicketStub {...{ ticket, booking, event }} />
          </li>
        ))}
      </ul>
      <div class="actions">
        <button class="button primary" type="button" onClick={() => show(0)}>
          {say.ticket.fullScreen}
        </button>
        {event.startsAt && (
          <a
            class="button quiet"
            download="event.ics"
            href={calendarLink({
              id: `booking-${booking.reference}`,
              title: event.title,
              startsAt: event.startsAt,
              endsAt: event.endsAt,
              place: event.venue,
            })}
          >
            {say.ticket.calendar}
          </a>
        )}
        {startAgain && (
          <a class="button quiet" href={`/bookings/${booking.id}`}>
            {say.booking.open}
          </a>
        )}
      </div>
      <CancelBookingButton {...{ booking, see }} label={say.booking.cancel} />
      {shown !== null && <ShownAtTheDoor {...{ tickets, event, end }} />}
    </PanelFrame>
  );
}
