import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { BoxOffice, Connection } from './box-office.ts';
import type { Tally } from './tally.ts';

/** What a buyer has in mind. */
export interface Intention {
  readonly userId: string;
  readonly arrivesAfterMs: number;
  readonly quantity: number;
  /** null: it books at once. */
  readonly holdSeconds: number | null;
  /** Whether it pays for what is held for it, after so long, or goes away. */
  readonly pays: boolean;
  readonly thinksMs: number;
  /** Whether it waits for places when there are none. */
  readonly patient: boolean;
}

export interface Sale {
  readonly boxOffice: BoxOffice;
  readonly eventId: string;
  readonly tally: Tally;
  /** Called when somebody has the first answer that says yes or no. */
  readonly answered: () => void;
  /** Everybody has come: nobody lets an offer lapse from now on, so that the sale ends. */
  readonly isLate: () => boolean;
  /** Resolves when nothing is sold or given back any more: who waits still may go home. */
  readonly over: Promise<void>;
}

interface Booking {
  readonly id: string;
  readonly status: 'HELD' | 'PENDING' | 'FINALIZED' | 'FAILED' | 'CANCELLED' | 'EXPIRED';
}
interface Refused {
  readonly code: string;
  readonly retryAfterMs: number | null;
}
interface Entry {
  readonly id: string;
  readonly status: 'WAITING' | 'OFFERED' | 'CONVERTED' | 'LAPSED' | 'LEFT';
  readonly booking: Booking | null;
}

interface WatchedBooking {
  readonly bookingStatusChanged: Booking;
}
interface WatchedEntry {
  readonly waitingListEntryChanged: Entry;
}

const RESULT = `__typename ... on Booking { id status } ... on BookingRefused { code retryAfterMs }`;
const BOOK = `mutation ($input: BookTicketInput!) { bookTicket(input: $input) { ${RESULT} } }`;
const CONFIRM = `mutation ($id: ID!, $payment: String!) {
  confirmBooking(id: $id, idempotencyKey: $payment, paymentReference: $payment) { ${RESULT} } }`;
const JOIN = `mutation ($input: JoinWaitingListInput!) {
  joinWaitingList(input: $input) { __typename ... on WaitingListEntry { id status } } }`;
const LEAVE = 'mutation ($id: ID!) { leaveWaitingList(id: $id) { status } }';
const WATCH_BOOKING = 'subscription ($id: ID!) { bookingStatusChanged(bookingId: $id) { id status } }';
const WATCH_ENTRY = 'subscription ($id: ID!) { waitingListEntryChanged(id: $id) { id status booking { id status } } }';

/** One buyer from the first click to the last word that it hears. */
export async function buy(sale: Sale, buyer: Intention): Promise<void> {
  await delay(buyer.arrivesAfterMs);
  sale.tally.came += 1;
  const booking = await book(sale, buyer);
  sale.answered();
  if (!booking && !buyer.patient) return;
  const connection = sale.boxOffice.connect();
  try {
    if (booking) await seeItThrough(sale, connection, booking, buyer);
    else await waitForPlaces(sale, connection, buyer);
  } finally {
    await connection.close();
  }
}

/** Asks again when it is told to, with the same key. @returns null when it was refused */
async function book({ boxOffice, eventId, tally }: Sale, { userId, quantity, holdSeconds }: Intention) {
  const input = { eventId, userId, quantity, holdSeconds, idempotencyKey: randomUUID() };
  for (;;) {
    const since = performance.now();
    const { bookTicket: answer } = await boxOffice.ask<{ bookTicket: Booking | Refused }>(BOOK, { input });
    tally.answered(performance.now() - since);
    if ('id' in answer) return answer;
    if (answer.retryAfterMs === null) {
      tally.refused += 1;
      return null;
    }
    await delay(answer.retryAfterMs);
  }
}

/** Watches a booking to its end, and pays on the way, or lets the hold lapse. */
async function seeItThrough(sale: Sale, connection: Connection, { id, status }: Booking, buyer: Intention) {
  const { tally, boxOffice } = sale;
  tally.watched += 1;
  let since = performance.now();
  const pay = async () => {
    await delay(buyer.thinksMs);
    since = performance.now();
    await boxOffice.ask(CONFIRM, { id, payment: `pay-${id}` });
  };
  const paying = status === 'HELD' && buyer.pays ? pay() : null;
  for await (const { bookingStatusChanged: booking } of connection.watch<WatchedBooking>(WATCH_BOOKING, { id })) {
    if (booking.status === 'FINALIZED') tally.final(performance.now() - since);
  }
  await paying;
  tally.told += 1;
}

/** Joins the waiting list, and sees through what it is offered. */
async function waitForPlaces(sale: Sale, connection: Connection, buyer: Intention): Promise<void> {
  const { boxOffice, eventId, tally, over } = sale;
  const input = { eventId, userId: buyer.userId, quantity: buyer.quantity };
  const { joinWaitingList: entry } = await boxOffice.ask<{ joinWaitingList: Partial<Entry> }>(JOIN, { input });
  if (entry.id === undefined) return;
  const { id } = entry;
  tally.joined += 1;
  tally.watched += 1;
  const leaving = over.then(() => boxOffice.ask(LEAVE, { id }));
  let offer: Promise<void> | null = null;
  for await (const { waitingListEntryChanged: now } of connection.watch<WatchedEntry>(WATCH_ENTRY, { id })) {
    if (!now.booking || offer) continue;
    tally.offered += 1;
    offer = seeItThrough(sale, connection, now.booking, { ...buyer, pays: buyer.pays || sale.isLate() });
  }
  tally.told += 1;
  await offer;
  await leaving;
}
