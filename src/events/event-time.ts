/** When an event is, in the lines in which it is read. */
export interface EventTime {
  readonly date: string;
  readonly time: string;
  /** Whose time that is. */
  readonly zone: string;
}

interface Times {
  readonly startsAt: Date | string | null;
  readonly endsAt: Date | string | null;
  readonly timeZone: string;
}

const LOCALE = 'en-GB';
const DAY = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** @returns null: nobody has said when it is */
export function eventTime({ startsAt, endsAt, timeZone }: Times): EventTime | null {
  if (startsAt === null) return null;
  const day = (at: Date) => new Intl.DateTimeFormat(LOCALE, { ...DAY, timeZone }).format(at);
  const clock = (at: Date) => new Intl.DateTimeFormat(LOCALE, { ...CLOCK, timeZone }).format(at);
  const start = new Date(startsAt);
  const zone = `${nameOfZone(start, timeZone)} (${timeZone})`.replace(`${timeZone} (${timeZone})`, timeZone);
  if (endsAt === null) return { date: day(start), time: clock(start), zone };
  const end = new Date(endsAt);
  const isSameDay = day(start) === day(end);
  return { date: day(start), time: `${clock(start)} – ${isSameDay ? '' : `${day(end)}, `}${clock(end)}`, zone };
}

/** A moment in one line, such as Thursday, 1 July 2027 at 20:30 CEST. */
export function timeInOneLine(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALE, { ...DAY, ...CLOCK, timeZoneName: 'short', timeZone }).format(at);
}

/** Such as CET, or GMT+9 where no short name is known. */
function nameOfZone(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat(LOCALE, { timeZone, timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
