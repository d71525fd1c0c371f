import { useWords } from '../app/app-context.ts';

interface Event {
  readonly startsAt: string | null;
  readonly timeZone: string;
}

/** When an event begins, by the clocks of where it is. */
export function EventWhen({ event: { startsAt, timeZone } }: { readonly event: Event }) {
  const { say, times } = useWords();
  if (!startsAt) return <span>{say.list.dateOpen}</span>;
  return (
    <time dateTime={startsAt}>
      {times.day(startsAt, timeZone)} <span class="clock">{times.clock(startsAt, timeZone)}</span>
    </time>
  );
}
