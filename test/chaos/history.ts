import type { Attempt, BookingInput, NotBooked, Outcome, Timed, Via } from '../support/booking-client.ts';
import type { Broken, EventInSale } from '../support/booking-promises.ts';
import type { Stats } from '../support/graphql-client.ts';
import { leaksIn } from '../support/leaks.ts';
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
export type ConfirmAttempt = Sent & Timed<NotBooked | { kind: 'confirmed' }> & { readonly bookingId: string };
export type EditAttempt = Sent &
  Timed<NotBooked | { kind: 'edited'; version: number }> & {
    readonly eventId: string;
    readonly expectedVersion: number;
    readonly capacity: number;
  };
export interface Scan {
  readonly eventId: string;
  readonly code: string;
  readonly deviceId: string;
  /** A repeat has the same. */
  readonly nonce: string;
}
export type ScanAttempt = Sent & Timed<NotBooked | { kind: 'redeemed' }> & Scan;
export type EventCancelAttempt = Sent & Timed<NotBooked | { kind: 'cancelled' }> & { readonly eventId: string };
export type EntryStatus = 'WAITING' | 'OFFERED' | 'CONVERTED' | 'LAPSED' | 'LEFT';

/** What somebody is told of their entry on a waiting list. */
export interface ToldEntry {
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  readonly quantity: number;
  readonly status: EntryStatus;
  /** Of the offer. */
  readonly bookingId: string | null;
}
export type JoinAttempt = Sent &
  Timed<NotBooked | ({ kind: 'waiting' } & ToldEntry)> & {
    readonly eventId: string;
    readonly userId: string;
    readonly quantity: number;
  };
/** A look at an entry, or the wish to leave. */
export type EntryAttempt = Sent & Timed<NotBooked | ({ kind: 'entry' } & ToldEntry)> & { readonly entryId: string };
export type StatsAttempt = Sent &
  Timed<NotBooked | { kind: 'seen'; numbers: (Stats & { readonly heldCount: number }) | null }> & {
    readonly eventId: string;
  };

type AnyAttempt =
  | BookAttempt
  | CancelAttempt
  | ConfirmAttempt
  | StatsAttempt
  | EditAttempt
  | EventCancelAttempt
  | JoinAttempt
  | EntryAttempt
  | ScanAttempt;

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
  readonly seen: Seen[];
  done: boolean;
}

export interface InjectedFault {
  readonly planned: PlannedFault;
  readonly from: number;
  to: number;
}

/** Whether nobody knows what came of a request. */
export function isOpen({ outcome }: { readonly outcome: { readonly kind: string } }): boolean {
  return outcome.kind === 'failed' || outcome.kind === 'unanswered';
}

/** All that the clients saw and all that was done to the processes. Times are those of `performance.now()`. */
export class History {
  readonly since = performance.now();
  readonly events: EventInSale[] = [];
  readonly bookings: BookAttempt[] = [];
  readonly cancels: CancelAttempt[] = [];
  readonly confirms: ConfirmAttempt[] = [];
  readonly looks: StatsAttempt[] = [];
  readonly edits: EditAttempt[] = [];
  readonly eventCancels: EventCancelAttempt[] = [];
  readonly scans: ScanAttempt[] = [];
  readonly joins: JoinAttempt[] = [];
  readonly leaves: EntryAttempt[] = [];
  readonly entryLooks: EntryAttempt[] = [];
  readonly watches: Watch[] = [];
  readonly faults: InjectedFault[] = [];
  /** Answers and frames that say too much. */
  readonly leaks: string[] = [];

  /** Seconds since the start. */
  seconds(at: number): string {
    return ((at - this.since) / 1_000).toFixed(2);
  }

  noteLeaks(where: string, text: string): void {
    for (const leak of leaksIn(text)) this.leaks.push(`${where}: ${leak}`);
  }

  get attempts(): AnyAttempt[] {
    const { bookings, cancels, confirms, looks, edits, eventCancels, scans, joins, leaves, entryLooks } = this;
    const ofLists = [...joins, ...leaves, ...entryLooks];
    return [...bookings, ...cancels, ...confirms, ...looks, ...edits, ...eventCancels, ...scans, ...ofLists];
  }

  count(kind: Outcome['kind']): number {
    return this.attempts.filter(({ outcome }) => outcome.kind === kind).length;
  }
}

const maxLines = 12;
const aroundMs = 1_500;

/** The requests in order, and the faults that were under way. */
export function describeAttempts(history: History, attempts: readonly AnyAttempt[]): string {
  return describe(history, attempts.toSorted((a, b) => a.startedAt - b.startedAt).slice(0, maxLines));
}

export function describeBroken(history: History, broken: readonly Broken[]): string[] {
  return broken.map(({ what, attempts }) => `${what}\n${describeAttempts(history, attempts as BookAttempt[])}`);
}

export function describeWatch(history: History, { name, since, seen }: Watch): string {
  const last = seen.slice(-maxLines).map(({ at, ...rest }) => ({ startedAt: at, endedAt: at, ...rest }));
  return `watcher ${name} from ${history.seconds(since)} s\n${describe(history, last)}`;
}

function describe(history: History, things: readonly { startedAt: number; endedAt: number }[]): string {
  const lines = things.map(({ startedAt, endedAt, ...rest }) => {
    return `    ${history.seconds(startedAt)} s to ${history.seconds(endedAt)} s ${JSON.stringify(rest)}`;
  });
  const from = Math.min(...things.map(({ startedAt }) => startedAt));
  const to = Math.max(...things.map(({ endedAt }) => endedAt));
  return [...lines, ...faultsBetween(history, from, to)].join('\n');
}

export function faultsBetween(history: History, from: number, to: number): string[] {
  return history.faults
    .filter((fault) => fault.from < to + aroundMs && from - aroundMs < fault.to)
    .slice(0, maxLines)
    .map(({ planned, from: start, to: end }) => {
      return `      (${history.seconds(start)} s to ${history.seconds(end)} s ${describeFault(planned)})`;
    });
}
