import { setTimeout as pause } from 'node:timers/promises';
import { graphql } from '../../support/graphql-client.ts';
import type { Headers } from './hostile-stage.ts';

const PAUSE_MS = 50;
const MAX_BOOKINGS = 5_000;
const BOOK = `mutation ($input: BookTicketInput!) {
  bookTicket(input: $input) { ... on Booking { id } ... on BookingRefused { code } } }`;

export interface Purchase {
  readonly ms: number;
  /** null: booked. */
  readonly problem: string | null;
}

/** Books one place after the other, at a walking pace, until told to stop. */
export function buySteadily(url: string, headers: Headers, eventId: number): { stop(): Promise<Purchase[]> } {
  let stopped = false;
  const purchases: Purchase[] = [];
  const buying = (async () => {
    for (let number = 0; !stopped && number < MAX_BOOKINGS; number++) {
      const since = performance.now();
      const problem = await buy(url, headers, { eventId, idempotencyKey: `good-${number}` }).catch(String);
      purchases.push({ ms: performance.now() - since, problem });
      await pause(PAUSE_MS);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await buying;
      return purchases;
    },
  };
}

async function buy(url: string, headers: Headers, input: object): Promise<string | null> {
  type Answer = { bookTicket: { id?: string } };
  const answer = await graphql<Answer>(url, BOOK, { input }, { ...headers });
  return answer.data?.bookTicket.id ? null : JSON.stringify(answer);
}
