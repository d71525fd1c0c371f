import type { Event } from '../events/event.entity.ts';

const LOCALE = 'en-GB';
const DAY_AND_TIME = {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
} as const;

/** @returns when an event begins, in its own time zone; null: nobody has said */
export function eventTime({ startsAt, timeZone }: Event): string | null {
  return startsAt ? new Intl.DateTimeFormat(LOCALE, { ...DAY_AND_TIME, timeZone }).format(startsAt) : null;
}
