import type { z } from 'zod';
import { TICKET_ORDER_RULES } from '../bookings/book-ticket.ts';
import type { EntryNow } from '../bookings/offers/waiting-list-queries.ts';
import type { Refusal } from '../bookings/refusals.ts';

export const JOIN_RULES = TICKET_ORDER_RULES.pick({ userId: true, quantity: true, holderName: true, email: true });

/** A wish to wait, checked. */
export type WaitingWish = z.output<typeof JOIN_RULES>;

/** What becomes of it. */
export type JoinOutcome =
  | {
      readonly kind: 'waiting';
      readonly entry: EntryNow;
      /** Its user was on the list already. */
      readonly already: boolean;
    }
  | Refusal;
