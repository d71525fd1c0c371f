import type { Container } from '../../src/container.ts';
import { bookingOf } from './outcomes.ts';

const NOW = {
  sqlite: "cast(unixepoch('subsec') * 1000 as integer)",
  postgresql: 'clock_timestamp()',
} as const;

/** Books places as a hold. */
export async function hold({ bookTicket }: Pick<Container, 'bookTicket'>, eventId: number, quantity = 1) {
  return bookingOf(await bookTicket({ eventId, userId: 'holder', quantity, holdSeconds: 600 }));
}

/** Lets holds end so many milliseconds from now, by the database's clock, without a wait; below 0: they have ended. */
export async function letEnd(db: Container['db'], inMs: number, where: string): Promise<void> {
  const ms = db.kind === 'sqlite' ? `${inMs}` : `${inMs} * interval '1 millisecond'`;
  await db.em().execute(`update bookings set expires_at = ${NOW[db.kind]} + ${ms} where status = 'HELD' and ${where}`);
}
