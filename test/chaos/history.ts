import type { Attempt, BookingInput, NotBooked, Outcome, Timed, Via } from '../support/booking-client.ts';
import type { EventInSale } from '../support/booking-promises.ts';
import type { Stats } from '../support/graphql-client.ts';
import type { ApiName, PlannedFault } from './schedule.ts';

export type Wish = BookingInput & { readonly quantity: number };

/** One request. */
export interface Sent {
  /** Its X-Request-Id, which the log of the API names as well. */
  readonly id: string;
  readonly api: ApiName;
  readonly via: Via;
}

export type BookAttempt = Sent & Attempt;
export type CancelAttempt = Sent & Timed<NotBooked | { kind: 'cancelled' }> & { readonly bookingId: string };
export type StatsAttempt = Sent &
  Timed<NotBooked | { kind: 'seen'; numbers: Stats | null }> & { readonly eventId: string };

export interface Seen {
  readonly at: number;
  readonly api: ApiName;
  readonly subscription: string;
  readonly kind: 'next' | 'failed' | 'error' | 'complete' | 'lost';
  readonly status?: string;
  readonly version?: number;
  readonly code?: string;
}

/** One watcher of a booking, over all sockets that it needed. */
export interface Watch {
  readonly name: string;
  readonly bookingId: string;
  readonly since: number;
  /** Names the subscription it has now. */
  subscription: string;
  readonly seen: Seen[];
  done: boolean;
}

export interface InjectedFault {
  readonly planned: PlannedFault;
  readonly from: number;
  to: number;
}

/** All that the clients saw and all that was done to the processes. Times are those of `performance.now()`. */
export class History {
  readonly since = performance.now();
  readonly events: EventInSale[] = [];
  readonly bookings: BookAttempt[] = [];
  readonly cancels: CancelAttempt[] = [];
  readonly looks: StatsAttempt[] = [];
  readonly watches: Watch[] = [];
  readonly faults: InjectedFault[] = [];
  /** Answers and frames that say too much. */
  readonly leaks: string[] = [];

  /** Seconds since the start. */
  seconds(at: number): string {
    return ((at - this.since) / 1_000).toFixed(2);
  }

  get attempts(): (BookAttempt | CancelAttempt | StatsAttempt)[] {
    return [...this.bookings, ...this.cancels, ...this.looks];
  }

  count(kind: Outcome['kind']): number {
    return this.attempts.filter(({ outcome }) => outcome.kind === kind).length;
  }
}
