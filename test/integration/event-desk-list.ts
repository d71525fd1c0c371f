import { expect } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import type { WaitingListEntry } from '../../src/bookings/offers/waiting-list-entry.entity.ts';
import type { Event } from '../../src/events/event.entity.ts';
import type { JoinOutcome } from '../../src/waiting-list/waiting-wish.ts';
import { placesOf } from '../support/booking-promises.ts';
import { holding } from './event-desk-checks.ts';

export interface Joined {
  readonly eventId: number;
  readonly userId: string;
  readonly quantity: number;
  readonly outcome: JoinOutcome;
}

/** A list before and after a batch. */
export interface List {
  readonly event: Event;
  readonly before: ReadonlyMap<number, WaitingListEntry>;
  readonly entries: readonly WaitingListEntry[];
  readonly rows: readonly Booking[];
  /** Bookings that the batch has made. */
  readonly made: readonly Booking[];
}

/** Each offer is for its entry, and what became of the one became of the other. */
export function checkOffers({ entries, rows }: List): void {
  const offers = new Map(rows.map((row) => [row.waitingListEntryId, row]));
  for (const entry of entries) {
    const offer = offers.get(entry.id);
    const { userId, quantity, status, version } = entry;
    if (!offer) {
      expect(['WAITING', 'LAPSED', 'LEFT']).toContain(status);
      expect([version, entry.offeredAt]).toEqual([status === 'WAITING' ? 1 : 2, null]);
      continue;
    }
    expect(offer).toMatchObject({ userId, quantity, eventId: entry.eventId });
    const became = { HELD: 'OFFERED', EXPIRED: 'LAPSED', CANCELLED: 'LEFT' };
    const expected = offer.confirmedAt ? 'CONVERTED' : became[offer.status as keyof typeof became];
    expect([status, version]).toEqual([expected, expected === 'OFFERED' ? 2 : 3]);
  }
}

/** Whoever waited all the time has been overtaken by nobody who wants as much: not on the list, and by no buyer. */
export function checkTurns({ before, entries, made }: List): void {
  const patient = entries.filter(({ id, status }) => status === 'WAITING' && before.get(id)?.status === 'WAITING');
  for (const { waitingListEntryId, quantity } of made) {
    const overtaken = patient.filter(
      (entry) => entry.quantity <= quantity && (waitingListEntryId == null || entry.id < waitingListEntryId),
    );
    expect(overtaken).toEqual([]);
  }
}

/** Who was refused could have booked at some moment of the batch, or may not have so many places. */
export function checkJoins({ event, before, entries, rows, made }: List, joined: readonly Joined[]): void {
  const freeBefore = event.capacity - placesOf(holding(rows.filter((row) => !made.includes(row))));
  for (const { userId, quantity, outcome } of joined) {
    if (outcome.kind === 'waiting') {
      const entry = entries.find(({ id }) => id === outcome.entry.id);
      expect(entry).toMatchObject({ userId, eventId: event.id });
      if (!outcome.already) expect([entry?.quantity, before.has(outcome.entry.id)]).toEqual([quantity, false]);
    } else if (outcome.code === 'PLACES_AVAILABLE') {
      expect(outcome.availableCount).toBeGreaterThanOrEqual(quantity);
      expect(outcome.availableCount).toBeLessThanOrEqual(freeBefore);
    } else expect(outcome.code).toBe('LIMIT_REACHED');
  }
}

/** Of those who wait somebody wants no more than is free, and may have it. */
export function somebodyFits({ event, entries, rows }: List): boolean {
  const free = event.capacity - placesOf(holding(rows));
  return entries.some(({ status, quantity }) => status === 'WAITING' && quantity <= free);
}

/** Whether the batch had to do with a waiting list. */
export function hasList(entries: readonly WaitingListEntry[], joined: readonly Joined[]): boolean {
  return joined.length > 0 || entries.some(({ status }) => status === 'WAITING');
}

/** Offers are made by no buyer. */
export function asked(made: readonly Booking[]): Booking[] {
  return made.filter(({ waitingListEntryId }) => waitingListEntryId == null);
}
