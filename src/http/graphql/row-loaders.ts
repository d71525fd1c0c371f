import DataLoader from 'dataloader';
import type { Container } from '../../container.ts';
import type { Event } from '../../events/event.entity.ts';
import type { Ticket } from '../../issuance/ticket.entity.ts';

/** Reads the rows behind a list in one query each, however long the list is. */
export class RowLoaders {
  readonly #container: Pick<Container, 'events' | 'tickets'>;
  #events: DataLoader<number, Event> | undefined;
  #tickets: DataLoader<number, Ticket[]> | undefined;

  constructor(container: Pick<Container, 'events' | 'tickets'>) {
    this.#container = container;
  }

  get eventById(): DataLoader<number, Event> {
    this.#events ??= new DataLoader(async (ids) => {
      const found = await this.#container.events.findMany(ids);
      const byId = new Map(found.map((event) => [event.id, event]));
      return ids.map((id) => byId.get(id) ?? new Error(`Event ${id} is gone`));
    });
    return this.#events;
  }

  get ticketsByBooking(): DataLoader<number, Ticket[]> {
    this.#tickets ??= new DataLoader(async (ids) => {
      const byBooking = Map.groupBy(await this.#container.tickets.ofBookings(ids), (ticket) => ticket.bookingId);
      return ids.map((id) => byBooking.get(id) ?? []);
    });
    return this.#tickets;
  }
}
