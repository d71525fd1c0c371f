import DataLoader from 'dataloader';
import type { Booking } from '../bookings/booking.entity.ts';
import type { BookingQueries } from '../bookings/booking-queries.ts';
import type { WaitingListQueries } from '../bookings/offers/waiting-list-queries.ts';
import type { Event } from '../events/event.entity.ts';
import type { EventQueries } from '../events/event-queries.ts';
import type { Ticket } from '../tickets/ticket.entity.ts';
import type { TicketQueries } from '../tickets/ticket-queries.ts';

interface Queries {
  readonly events: Pick<EventQueries, 'findMany'>;
  readonly bookings: Pick<BookingQueries, 'findMany'>;
  readonly tickets: Pick<TicketQueries, 'ofBookings'>;
  readonly waitingList: Pick<WaitingListQueries, 'offers' | 'counts'>;
}

/** Reads the rows behind a list in one query each, however long the list is. */
export class RowLoaders {
  readonly #queries: Queries;
  #events: DataLoader<number, Event> | undefined;
  #bookings: DataLoader<number, Booking> | undefined;
  #tickets: DataLoader<number, Ticket[]> | undefined;
  #offers: DataLoader<number, Booking | null> | undefined;
  #waitingCounts: DataLoader<number, number> | undefined;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  get eventById(): DataLoader<number, Event> {
    this.#events ??= new DataLoader(async (ids) => {
      const found = await this.#queries.events.findMany(ids);
      const byId = new Map(found.map((event) => [event.id, event]));
      return ids.map((id) => byId.get(id) ?? new Error(`Event ${id} is gone`));
    });
    return this.#events;
  }

  get bookingById(): DataLoader<number, Booking> {
    this.#bookings ??= new DataLoader(async (ids) => {
      const found = await this.#queries.bookings.findMany(ids);
      const byId = new Map(found.map((booking) => [booking.id, booking]));
      return ids.map((id) => byId.get(id) ?? new Error(`Booking ${id} is gone`));
    });
    return this.#bookings;
  }

  get ticketsByBooking(): DataLoader<number, Ticket[]> {
    this.#tickets ??= new DataLoader(async (ids) => {
      const byBooking = Map.groupBy(await this.#queries.tickets.ofBookings(ids), (ticket) => ticket.bookingId);
      return ids.map((id) => byBooking.get(id) ?? []);
    });
    return this.#tickets;
  }

  get offerByEntry(): DataLoader<number, Booking | null> {
    this.#offers ??= new DataLoader(async (ids) => {
      const found = await this.#queries.waitingList.offers(ids);
      const byEntry = new Map(found.map((booking) => [booking.waitingListEntryId, booking]));
      return ids.map((id) => byEntry.get(id) ?? null);
    });
    return this.#offers;
  }

  get waitingCountByEvent(): DataLoader<number, number> {
    this.#waitingCounts ??= new DataLoader(async (ids) => {
      const counts = await this.#queries.waitingList.counts(ids);
      return ids.map((id) => counts.get(id) ?? 0);
    });
    return this.#waitingCounts;
  }
}
