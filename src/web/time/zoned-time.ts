/** A time of a form, as `<input type="datetime-local">` has it: of no zone. Empty: none. */
export type LocalTime = string;

/** What a clock in that zone shows; seconds are left out. */
export function localTime(instant: string | null, timeZone: string): LocalTime {
  if (instant === null) return '';
  const parts = partsIn(new Date(instant), timeZone);
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`;
}

/**
 * When a clock in that zone shows this. An hour that a change of summer time leaves out is the one after it; of one that comes
 * twice it is the first.
 */
export function instantOf(local: LocalTime, timeZone: string): string | null {
  if (local === '') return null;
  const shownMs = Date.parse(`${local}Z`);
  const candidates = [shownMs - DAY_MS, shownMs + DAY_MS].map((nearMs) => shownMs - offsetMs(nearMs, timeZone));
  const fitting = candidates.filter(
    (ms) => localTime(new Date(ms).toISOString(), timeZone) === local.slice(0, MINUTES),
  );
  return new Date(Math.min(...(fitting.length > 0 ? fitting : [Math.max(...candidates)]))).toISOString();
}

const DAY_MS = 86_400_000;
const MINUTES = 'YYYY-MM-DDTHH:mm'.length;

function offsetMs(instantMs: number, timeZone: string): number {
  const parts = partsIn(new Date(instantMs), timeZone);
  const { year, month, day, hour, minute, second } = parts;
  const shownMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return shownMs - Math.floor(instantMs / 1_000) * 1_000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function partsIn(date: Date, timeZone: string): Readonly<Record<string, string>> {
  const format = formats.get(timeZone) ?? newFormat(timeZone);
  formats.set(timeZone, format);
  return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit';
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  });
}
