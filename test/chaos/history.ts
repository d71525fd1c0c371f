import type { ApiName, PlannedFault } from './schedule.ts';

/** What a client wants to book. Attempts of one wish are repeats of one request. */
export interface Wish {
  readonly name: string;
  readonly eventId: string;
  readonly userId: string;
  readonly quantity: number;
  readonly key: string | null;
}

export interface Told {
  readonly id: string;
  readonly reference: string;
  readonly eventId: string;
  readonly userId: string;
  readonly quantity: number;
  readonly status: string;
}

export interface Numbers {
  readonly capacity: number;
  readonly bookedCount: number;
  readonly availableCount: number;
  readonly pendingCount: number;
  readonly finalizedCount: number;
}

export type Outcome =
  | { readonly kind: 'accepted'; readonly booking?: Told; readonly numbers?: Numbers | null }
  | { readonly kind: 'refused'; readonly code: string; readonly availableCount: number | null }
  /** Something is wrong on the other side, and so may the outcome be. */
  | { readonly kind: 'error'; readonly code: string; readonly status: number }
  /** No answer came. */
  | { readonly kind: 'unknown'; readonly reason: string };

export type Asked =
  | { readonly action: 'book'; readonly wish: Wish }
  | { readonly action: 'cancel'; readonly bookingId: string }
  | { readonly action: 'stats'; readonly eventId: string };

/** One request and what came back. */
export interface Attempt {
  /** Its X-Request-Id, which the log of the API names as well. */
  readonly id: string;
  readonly api: ApiName;
  readonly via: 'graphql' | 'rest';
  readonly asked: Asked;
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
}

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

export interface EventInSale {
  readonly id: string;
  readonly capacity: number;
  readonly maxPerUser: number | null;
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
  readonly attempts: Attempt[] = [];
  readonly watches: Watch[] = [];
  readonly faults: InjectedFault[] = [];
  /** Answers and frames that say too much. */
  readonly leaks: string[] = [];

  /** Seconds since the start. */
  seconds(at: number): string {
    return ((at - this.since) / 1_000).toFixed(2);
  }

  count(kind: Outcome['kind']): number {
    return this.attempts.reduce((sum, { outcome }) => sum + (outcome.kind === kind ? 1 : 0), 0);
  }
}
