import DataLoader from 'dataloader';
import type { Event } from '../events/event.entity.ts';
import type { EventQueries } from '../events/event-queries.ts';
import type { Ticket } from '../tickets/ticket.entity.ts';
import type { TicketQueries } from '../tickets/ticket-queries.ts';

interface Queries {
  readonly events: Pick<EventQueries, 'findMany'>;
  readonly tickets: Pick<TicketQueries, 'ofBookings'>;
}

/** Reads the rows behind a list in one query each, however long the list is. */
export class RowLoaders {
  readonly #queries: Queries;
  #events: DataLoader<number, Event> | undefined;
  #tickets: DataLoader<number, Ticket[]> | undefined;

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

  get ticketsByBooking(): DataLoader<number, Ticket[]> {
    this.#tickets ??= new DataLoader(async (ids) => {
      const byBooking = Map.groupBy(await this.#queries.tickets.ofBookings(ids), (ticket) => ticket.bookingId);
      return ids.map((id) => byBooking.get(id) ?? []);
    });
    return this.#tickets;
  }
}
