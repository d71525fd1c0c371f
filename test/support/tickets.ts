import type { Container } from '../../src/container.ts';
import { signQrPayload } from '../../src/tickets/qr-payload.ts';
import type { Ticket } from '../../src/tickets/ticket.entity.ts';
import { eventually } from './eventually.ts';
import { bookingOf } from './outcomes.ts';

/** So many tickets of one booking, once a worker has issued them. */
export async function sellTickets(container: Container, eventId: number, quantity = 1): Promise<Ticket[]> {
  const { id } = bookingOf(await container.bookTicket({ eventId, userId: 'alice', quantity }));
  return ticketsOf(container, id);
}

export async function sellTicket(container: Container, eventId: number): Promise<Ticket> {
  const [ticket] = await sellTickets(container, eventId);
  return ticket as Ticket;
}

/** The tickets of a booking, once there are some: they come all at once. */
export function ticketsOf({ tickets }: Container, bookingId: number): Promise<Ticket[]> {
  return eventually(async () => {
    const found = await tickets.ofBookings([bookingId]);
    if (found.length === 0) throw new Error(`booking ${bookingId} has no tickets yet`);
    return found;
  });
}

export async function qrPayloadOf(container: Container, eventId: number, code: string): Promise<string> {
  return signQrPayload(await container.signingKeys(), { eventId, code });
}
