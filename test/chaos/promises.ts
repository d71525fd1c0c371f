import { bookingPromises } from './booking-promises.ts';
import type { BookingRow } from './database.ts';
import type { History } from './history.ts';
import { processPromises } from './process-promises.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { watchPromises } from './watch-promises.ts';

export interface Evidence {
  readonly history: History;
  readonly rows: readonly BookingRow[];
  readonly processes: readonly SupervisedProcess[];
  readonly verify: { readonly code: number | null; readonly output: string };
  readonly recovery: Recovery;
  /** When this process itself was late, and for how long: the machine was busy then, not the box office. */
  readonly lateness: Lateness;
}

export interface Recovery {
  /** From the end of the last fault; null: not within the bound. */
  readonly readyMs: number | null;
  readonly nonePendingMs: number | null;
  /** How long a new booking took to be seen FINALIZED through each API, at best of some; null: not seen. */
  readonly finalizedMs: ReadonlyMap<string, number | null>;
}

export interface Lateness {
  between(from: number, to: number): number;
}

/** @returns one text per violation, with what is needed to look into it */
type Check = (evidence: Evidence) => string[];
export type Promises = Readonly<Record<string, Check>>;

export interface Violation {
  readonly promise: string;
  readonly what: string;
}

const PROMISES: Promises = {
  'boxoffice verify finds nothing': ({ verify }) => (verify.code === 0 ? [] : [verify.output]),
  ...bookingPromises,
  ...watchPromises,
  ...processPromises,
};

export const promisesChecked = Object.keys(PROMISES).length;

export function checkPromises(evidence: Evidence): Violation[] {
  return Object.entries(PROMISES).flatMap(([promise, check]) => check(evidence).map((what) => ({ promise, what })));
}
