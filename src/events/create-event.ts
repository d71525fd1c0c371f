import { check } from '../input-checks.ts';
import type { Database } from '../platform/database.ts';
import { type Event, EventSchema } from './event.entity.ts';
import { EVENT_RULES, type EventDetails } from './event-rules.ts';

/** What is absent, or null, has its default. */
export type CreateEventInput = Pick<EventDetails, 'title' | 'capacity'> & {
  readonly [detail in keyof EventDetails]?: EventDetails[detail] | null | undefined;
};

const DEFAULT_MAX_PER_BOOKING = 10;
const DEFAULT_MAX_HOLD_SECONDS = 900;
const DEFAULT_OFFER_SECONDS = 600;
const DEFAULT_TIME_ZONE = 'UTC';

export interface CreateEventParts {
  readonly db: Database;
  readonly now: () => Date;
}

/** Puts an event on sale. @throws BoxOfficeError BAD_USER_INPUT */
export async function createEvent({ db, now }: CreateEventParts, input: CreateEventInput): Promise<Event> {
  const event = {
    ...check(EVENT_RULES, {
      title: input.title,
      description: input.description ?? null,
      venue: input.venue ?? null,
      startsAt: input.startsAt ?? null,
      endsAt: input.endsAt ?? null,
      timeZone: input.timeZone ?? DEFAULT_TIME_ZONE,
      capacity: input.capacity,
      salesOpenAt: input.salesOpenAt ?? null,
      salesCloseAt: input.salesCloseAt ?? null,
      maxPerBooking: input.maxPerBooking ?? DEFAULT_MAX_PER_BOOKING,
      maxPerUser: input.maxPerUser ?? null,
      maxHoldSeconds: input.maxHoldSeconds ?? DEFAULT_MAX_HOLD_SECONDS,
      waitingListOfferSeconds: input.waitingListOfferSeconds ?? DEFAULT_OFFER_SECONDS,
    }),
    bookedCount: 0,
    finalizedCount: 0,
    redeemedCount: 0,
    heldCount: 0,
    offersOwed: false,
    status: 'ON_SALE' as const,
    version: 0,
    edition: 1,
    createdAt: now(),
  };
  return db.transaction('create-event', async (tx) => {
    const id = await tx.insert(EventSchema, { ...event });
    return { ...event, id } as Event;
  });
}
