import { z } from 'zod';
import { integer, MAX_INTEGER, paragraphs, title } from '../input-checks.ts';

/** A day. */
export const MAX_HOLD_SECONDS = 86_400;

/** What both databases and every client can show. */
const TIME_RANGE = 'must be from 1970 to 9999';
const time = z
  .date()
  .min(new Date('1970-01-01T00:00:00Z'), TIME_RANGE)
  .max(new Date('9999-12-31T23:59:59Z'), TIME_RANGE);

const timeZone = title(1, 64).refine(isTimeZone, 'must be the IANA name of a time zone, such as Europe/Berlin');

/** What an organizer says of an event. */
export const EVENT_RULES = z
  .object({
    title: title(1, 200),
    description: paragraphs(1, 5_000).nullable(),
    venue: title(1, 200).nullable(),
    startsAt: time.nullable(),
    endsAt: time.nullable(),
    timeZone,
    capacity: integer(1, MAX_INTEGER),
    salesOpenAt: time.nullable(),
    salesCloseAt: time.nullable(),
    maxPerBooking: integer(1, 100),
    maxPerUser: integer(1, MAX_INTEGER).nullable(),
    maxHoldSeconds: integer(0, MAX_HOLD_SECONDS),
    waitingListOfferSeconds: integer(1, MAX_HOLD_SECONDS),
  })
  .refine((event) => inOrder(event.salesOpenAt, event.salesCloseAt), {
    path: ['salesCloseAt'],
    message: 'must be after the sale opens',
  })
  .refine((event) => inOrder(event.startsAt, event.endsAt), {
    path: ['endsAt'],
    message: 'must be after the event starts',
  });

export type EventDetails = z.output<typeof EVENT_RULES>;

function inOrder(earlier: Date | null, later: Date | null): boolean {
  return !earlier || !later || earlier < later;
}

/** Offsets such as +01:00 are no names: they know nothing of the summer. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
