import type { BookTicketInput } from '../../src/bookings/book-ticket.ts';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import type { BookingOutcome } from '../../src/bookings/ticket-order.ts';
import type { Container } from '../../src/container.ts';
import type { Database } from '../../src/platform/database.ts';
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

/**
 * Everybody reads before anybody writes: the interleaving that hurts, every time and on every machine. Control tests
 * use it to show that the race they guard against is real.
 */
export async function everybodyReadsFirst<T>(
  count: number,
  read: () => Promise<T>,
  write: (seen: T) => Promise<unknown>,
): Promise<void> {
  const seen = await Promise.all(Array.from({ length: count }, read));
  await Promise.all(seen.map(write));
}

/** The first column of the only row, as a number. */
export async function readNumber(db: Database, sql: string, parameters: readonly unknown[] = []): Promise<number> {
  const [row] = await db.em().execute<Record<string, unknown>[]>(sql, [...parameters]);
  return Number(Object.values(row ?? {})[0]);
}
