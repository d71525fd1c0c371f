import { useWords } from '../../app/app-context.ts';
import { saleState } from '../../data/sale-state.ts';
import { useNow } from '../../data/use-now.ts';
import { usePlaces } from '../../data/use-places.ts';
import type { EventCard } from '../../generated/operations.ts';
import { EventWhen } from '../../parts/event-when.tsx';
import { SaleStateLine } from '../../parts/sale-state-line.tsx';

interface Props {
  readonly event: EventCard;
  /** Whether its numbers move while one looks. */
  readonly live: boolean;
}

/** An event in the list, as the stub of a ticket: what it is, and behind the perforation what is left of it. */
export function EventStub({ event, live }: Props) {
  const { say, number, count } = useWords();
  const places = usePlaces(event.stats, { watch: live });
  const now = useNow(event.salesOpenAt !== null || event.salesCloseAt !== null);
  const state = saleState(event, places.availableCount, now);
  const sells = state === 'onSale' || state === 'opensLater';
  return (
    <a class={`stub ${sells ? '' : 'dim'}`} href={`/events/${event.id}`}>
      <span class="stub-body">
        <strong class="stub-title">{event.title}</strong>
        <span class="facts">
          <EventWhen event={event} />
          {event.venue && <span>{event.venue}</span>}
        </span>
        <SaleStateLine state={state} event={event} />
      </span>
      <span class="stub-tear">
        {sells && (
          <>
            <span class="figure">{number(places.availableCount)}</span>
            <span>{count(say.left, places.availableCount)}</span>
          </>
        )}
        {!sells && <span class="figure">–</span>}
      </span>
    </a>
  );
}
