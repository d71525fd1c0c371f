import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { z } from 'zod';
import { notFound, unavailable } from '../errors.ts';
import { check } from '../input-checks.ts';
import { type Database, toEntities } from '../platform/database.ts';
import { type Event, EventSchema } from './event.entity.ts';
import { EVENT_RULES, type EventDetails } from './event-rules.ts';
import { type EventUpdateRefusal, refusalOfUpdate } from './event-update-refusals.ts';

/** cancelEvent makes an event CANCELLED, for good. */
export const SALE_STATUS = z.enum(['ON_SALE', 'CLOSED'], 'must be ON_SALE or CLOSED');

const UPDATED_EVENT_RULES = EVENT_RULES.safeExtend({ status: SALE_STATUS });
type UpdatedEvent = z.output<typeof UPDATED_EVENT_RULES>;

/** What is absent stays as it is; null empties what may be empty. */
export type UpdateEventInput = {
  readonly [detail in keyof EventDetails]?: EventDetails[detail] | null | undefined;
} & { readonly status?: Event['status'] | null | undefined };

export type EventUpdate = { readonly kind: 'updated'; readonly event: Event } | EventUpdateRefusal;

export interface UpdateEventParts {
  readonly db: Database;
  /** Further work of the same transaction, on the event as it has become. */
  readonly also: (tx: SqlEntityManager, event: Event) => Promise<AlsoUpdated>;
  /** Called after the commit; must not throw. */
  readonly changed: (eventId: number) => void;
}

interface AlsoUpdated {
  /** As it is after that work. */
  readonly event: Event;
  /** Called after the commit; must not throw. */
  readonly committed: () => void;
}

/** Each lost round means that places were given back, or booked, meanwhile. */
const MAX_ROUNDS = 10;

/**
 * Edits an event, unless somebody else has since `expectedVersion`. The details are put together from that version and
 * checked as a whole; the UPDATE then decides, so that neither an editor nor a booking can get in between.
 * @throws BoxOfficeError NOT_FOUND, BAD_USER_INPUT, SERVICE_UNAVAILABLE
 */
export async function updateEvent(
  parts: UpdateEventParts,
  id: number | null,
  expectedVersion: number,
  input: UpdateEventInput,
): Promise<EventUpdate> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const event = id === null ? null : await parts.db.em().findOne(EventSchema, { id });
    if (!event) throw notFound('Event');
    const outdated = refusalOfUpdate(event, expectedVersion);
    if (outdated) return outdated;
    const details = check(UPDATED_EVENT_RULES, merged(event, input));
    const refused = refusalOfUpdate(event, expectedVersion, details.capacity);
    if (refused) return refused;
    const updated = await write(parts, event, details);
    if (updated) {
      updated.committed();
      parts.changed(event.id);
      return { kind: 'updated', event: updated.event };
    }
  }
  throw unavailable();
}

function merged(event: Event, input: UpdateEventInput): object {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return { ...event, ...Object.fromEntries(given) };
}

/** The guard. @returns null when the event is no longer what the details were made for, or too many places are booked */
function write(
  { db, also }: UpdateEventParts,
  { id, edition }: Event,
  details: UpdatedEvent,
): Promise<AlsoUpdated | null> {
  const time = (at: Date | null) => at && db.timestamp(at);
  return db.transaction('update-event', async (tx) => {
    const written = await sql<object>`
      update events set title = ${details.title}, description = ${details.description}, venue = ${details.venue},
        starts_at = ${time(details.startsAt)}, ends_at = ${time(details.endsAt)}, time_zone = ${details.timeZone},
        capacity = ${details.capacity}, sales_open_at = ${time(details.salesOpenAt)},
        sales_close_at = ${time(details.salesCloseAt)}, max_per_booking = ${details.maxPerBooking},
        max_per_user = ${details.maxPerUser}, max_hold_seconds = ${details.maxHoldSeconds},
        waiting_list_offer_seconds = ${details.waitingListOfferSeconds}, status = ${details.status}, edition = edition + 1, version = version + 1
      where id = ${id} and edition = ${edition} and status <> 'CANCELLED' and booked_count <= ${details.capacity}
      returning *`.execute(tx.getKysely());
    const [event] = toEntities(tx, EventSchema, written.rows);
    return event ? also(tx, event) : null;
  });
}
