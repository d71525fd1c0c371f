import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const EVENT_STATUSES = ['ON_SALE', 'CLOSED', 'CANCELLED'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** Counters are places (quantities); they change only in the transactions that change bookings and tickets. */
export const EventSchema = defineEntity({
  name: 'Event',
  tableName: 'events',
  properties: {
    id: p.integer().primary().autoincrement(),
    title: p.string().length(200),
    capacity: p.integer(),
    /** Places of HELD, PENDING and FINALIZED bookings. */
    bookedCount: p.integer().default(0),
    /** Places of FINALIZED bookings. */
    finalizedCount: p.integer().default(0),
    salesOpenAt: p.datetime(3).nullable(),
    salesCloseAt: p.datetime(3).nullable(),
    maxPerBooking: p.integer().default(10),
    maxPerUser: p.integer().nullable(),
    status: p
      .string()
      .length(16)
      .$type<EventStatus>()
      .default('ON_SALE' satisfies EventStatus),
    /** Grows with every change of the counters. */
    version: p.integer().default(0),
    createdAt: p.datetime(3),
    /** Tickets that were redeemed at the door, also those of bookings that were cancelled after that: who came in is in. */
    redeemedCount: p.integer().default(0),
    description: p.string().length(5000).nullable(),
    venue: p.string().length(200).nullable(),
    startsAt: p.datetime(3).nullable(),
    endsAt: p.datetime(3).nullable(),
    /** IANA name; people are shown the event's times in it. */
    timeZone: p.string().length(64).default('UTC'),
    /** Grows with every edit, so that of two who edit at once the second is told. Clients know it as the version of the event. */
    edition: p.integer().default(1),
    cancelledAt: p.datetime(3).nullable(),
    cancellationReason: p.string().length(500).nullable(),
    /** When the worker had cancelled the last of its bookings; null: that is owed, once the event is CANCELLED. */
    bookingsCancelledAt: p.datetime(3).nullable(),
    /** Places of HELD bookings, also of those whose time is over and that nobody has made EXPIRED yet. */
    heldCount: p.integer().default(0),
    /** The longest time for which places are held without being booked; 0: they are not. */
    maxHoldSeconds: p.integer().default(900),
    /** For how long a place is held for whoever is next on the waiting list. */
    waitingListOfferSeconds: p.integer().default(600),
    /** Its last transaction had more to offer to the waiting list than one may: until that is done, nobody else gets a place. */
    offersOwed: p.boolean().default(false),
  },
  indexes: [
    { name: 'events_offers_owed', properties: ['id'], where: 'offers_owed' },
    {
      name: 'events_bookings_to_cancel',
      properties: ['id'],
      where: "status = 'CANCELLED' and bookings_cancelled_at is null",
    },
  ],
  checks: [
    { name: 'events_capacity_positive', expression: 'capacity >= 1' },
    { name: 'events_never_oversold', expression: 'booked_count >= 0 and booked_count <= capacity' },
    { name: 'events_finalized_within_booked', expression: 'finalized_count >= 0 and finalized_count <= booked_count' },
    { name: 'events_status_known', expression: "status in ('ON_SALE', 'CLOSED', 'CANCELLED')" },
    {
      name: 'events_held_within_booked',
      expression: 'held_count >= 0 and held_count + finalized_count <= booked_count',
    },
  ],
});

export type Event = InferEntity<typeof EventSchema>;

/** Places that are nobody's yet. */
export function freePlaces({ capacity, bookedCount }: Pick<Event, 'capacity' | 'bookedCount'>): number {
  return capacity - bookedCount;
}

/** Places that anybody can book: none while they are owed to those who wait. */
export function availableCount(event: Pick<Event, 'capacity' | 'bookedCount' | 'offersOwed'>): number {
  return event.offersOwed ? 0 : freePlaces(event);
}

/** Why none of its places is sold at that time; null: they are. */
export function whyNotOnSale(
  { status, salesOpenAt, salesCloseAt }: Pick<Event, 'status' | 'salesOpenAt' | 'salesCloseAt'>,
  at: Date,
): string | null {
  if (status !== 'ON_SALE') return `Event is ${status.toLowerCase()}.`;
  if (salesOpenAt && at < salesOpenAt) return 'Sale has not started yet.';
  return salesCloseAt && at >= salesCloseAt ? 'Sale is over.' : null;
}

/** Counts are places, read from the event's counters: they cost the same however many bookings there are. */
export function eventStats(event: Event) {
  return {
    eventId: event.id,
    capacity: event.capacity,
    bookedCount: event.bookedCount,
    availableCount: availableCount(event),
    heldCount: event.heldCount,
    pendingCount: event.bookedCount - event.heldCount - event.finalizedCount,
    finalizedCount: event.finalizedCount,
    version: event.version,
  };
}
