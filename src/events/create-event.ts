import { z } from 'zod';
import { check, integer, MAX_INTEGER, title } from '../input-checks.ts';
import type { Database } from '../platform/database.ts';
import { type Event, EventSchema } from './event.entity.ts';

export interface CreateEventInput {
  readonly title: string;
  readonly capacity: number;
  readonly salesOpenAt?: Date | null | undefined;
  readonly salesCloseAt?: Date | null | undefined;
  readonly maxPerBooking?: number | null | undefined;
  readonly maxPerUser?: number | null | undefined;
}

const DEFAULT_MAX_PER_BOOKING = 10;

/** What both databases and every client can show. */
const TIME_RANGE = 'must be from 1970 to 9999';
const time = z
  .date()
  .min(new Date('1970-01-01T00:00:00Z'), TIME_RANGE)
  .max(new Date('9999-12-31T23:59:59Z'), TIME_RANGE);

export const NEW_EVENT_RULES = z
  .object({
    title: title(1, 200),
    capacity: integer(1, MAX_INTEGER),
    salesOpenAt: time.nullable(),
    salesCloseAt: time.nullable(),
    maxPerBooking: integer(1, 100),
    maxPerUser: integer(1, MAX_INTEGER).nullable(),
  })
  .refine((event) => !event.salesOpenAt || !event.salesCloseAt || event.salesOpenAt < event.salesCloseAt, {
    path: ['salesCloseAt'],
    message: 'must be after salesOpenAt',
  });

export interface CreateEventParts {
  readonly db: Database;
  readonly now: () => Date;
}

/** Puts an event on sale. @throws BoxOfficeError BAD_USER_INPUT */
export async function createEvent({ db, now }: CreateEventParts, input: CreateEventInput): Promise<Event> {
  const event = {
    ...check(NEW_EVENT_RULES, {
      title: input.title,
      capacity: input.capacity,
      salesOpenAt: input.salesOpenAt ?? null,
      salesCloseAt: input.salesCloseAt ?? null,
      maxPerBooking: input.maxPerBooking ?? DEFAULT_MAX_PER_BOOKING,
      maxPerUser: input.maxPerUser ?? null,
    }),
    bookedCount: 0,
    finalizedCount: 0,
    redeemedCount: 0,
    status: 'ON_SALE' as const,
    version: 0,
    createdAt: now(),
  };
  return db.transaction('create-event', async (tx) => {
    const id = await tx.insert(EventSchema, { ...event });
    return { ...event, id } as Event;
  });
}
