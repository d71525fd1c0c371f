import type { Attempt, BookingInput, NotBooked, Outcome, Timed, Via } from '../support/booking-client.ts';
import type { Broken, EventInSale } from '../support/booking-promises.ts';
import type { Stats } from '../support/graphql-client.ts';
import { type ApiName, describeFault, type PlannedFault } from './schedule.ts';

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

const maxLines = 12;
const aroundMs = 1_500;

/** The requests in order, and the faults that were under way. */
export function describeAttempts(
  history: History,
  attempts: readonly (BookAttempt | CancelAttempt | StatsAttempt)[],
): string {
  const ordered = [...attempts].sort((a, b) => a.startedAt - b.startedAt).slice(0, maxLines);
  const lines = ordered.map(({ id, api, via, startedAt, endedAt, outcome, ...asked }) => {
    const when = `${history.seconds(startedAt)} s to ${history.seconds(endedAt)} s`;
    return `    ${when} ${id} ${via} ${api} ${JSON.stringify(asked)} -> ${JSON.stringify(outcome)}`;
  });
  const from = Math.min(...ordered.map(({ startedAt }) => startedAt));
  const to = Math.max(...ordered.map(({ endedAt }) => endedAt));
  return [...lines, ...faultsBetween(history, from, to)].join('\n');
}

export function describeBroken(history: History, broken: readonly Broken[]): string[] {
  return broken.map(({ what, attempts }) => `${what}\n${describeAttempts(history, attempts as BookAttempt[])}`);
}

export function describeWatch(history: History, { name, since, seen }: Watch): string {
  const lines = seen.slice(-maxLines).map(({ at, ...rest }) => `    ${history.seconds(at)} s ${JSON.stringify(rest)}`);
  const from = seen.at(-maxLines)?.at ?? since;
  const faults = faultsBetween(history, from, seen.at(-1)?.at ?? since);
  return [`watcher ${name} from ${history.seconds(since)} s`, ...lines, ...faults].join('\n');
}

export function faultsBetween(history: History, from: number, to: number): string[] {
  return history.faults
    .filter((fault) => fault.from < to + aroundMs && from - aroundMs < fault.to)
    .slice(0, maxLines)
    .map(({ planned, from: start, to: end }) => {
      return `      (${history.seconds(start)} s to ${history.seconds(end)} s ${describeFault(planned)})`;
    });
}
