import { useEffect } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { calendarLink } from '../../data/calendar.ts';
import { useNow } from '../../data/use-now.ts';
import type { EventFacts } from '../../generated/operations.ts';

/** Counts down to the sale, by the server's clock. When it is over the purchase goes on by itself. */
export function OpensLater({ event }: { readonly event: EventFacts }) {
  const { words, announcements } = useApp();
  const { say, times, fill } = words;
  const now = useNow();
  const opensAt = event.salesOpenAt ?? '';
  useEffect(() => () => announcements.say(say.buy.nowOpen), []);
  const reminder = calendarLink({
    id: `sale-${event.id}`,
    title: fill(say.buy.saleOpens, { title: event.title }),
    startsAt: opensAt,
    endsAt: null,
    place: null,
    alarm: true,
  });
  return (
    <>
      <p class="countdown">
        <span>{say.buy.opensIn}</span>
        <strong role="timer">{times.left(Date.parse(opensAt) - now)}</strong>
      </p>
      <p class="hint">{say.buy.opensInLong}</p>
      <a class="button quiet" href={reminder} download="sale.ics">
        {say.buy.remind}
      </a>
    </>
  );
}
