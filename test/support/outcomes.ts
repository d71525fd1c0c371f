import type { BookTicketInput } from '../../src/bookings/book-ticket.ts';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import type { BookingOutcome } from '../../src/bookings/ticket-order.ts';
import type { Container } from '../../src/container.ts';
import { eventually } from './eventually.ts';

/** How often each answer was given: `booked`, `replayed`, or the code of a refusal. */
export function tally(outcomes: readonly BookingOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const answer = outcome.kind === 'refused' ? outcome.code : outcome.replayed ? 'replayed' : 'booked';
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}

export function bookingOf(outcome: BookingOutcome): Booking {
  if (outcome.kind === 'booked') return outcome.booking;
  throw new Error(`Not booked: ${outcome.code} (${outcome.message})`);
}

/** Books as a client does that takes BUSY at its word and tries again. */
export function bookPatiently({ bookTicket }: Pick<Container, 'bookTicket'>, input: BookTicketInput) {
  const tryOnce = async (): Promise<BookingOutcome> => {
    const outcome = await bookTicket(input);
    if (outcome.kind === 'refused' && outcome.code === 'BUSY') throw new Error('still BUSY');
    return outcome;
  };
  return eventually(tryOnce, { timeoutMs: 30_000 });
}

/** `count` buyers at the same moment. */
export function rush<T>(count: number, buy: (buyer: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, buyer) => buy(buyer)));
}
