import type { CommandResult } from '../support/boxoffice-process.ts';
import { bookingPromises } from './booking-promises.ts';
import { doorPromises } from './door-promises.ts';
import { eventPromises } from './event-promises.ts';
import type { History } from './history.ts';
import { holdPromises } from './hold-promises.ts';
import { mailPromises } from './mail-promises.ts';
import type { PostOffice } from './post-office.ts';
import { processPromises } from './process-promises.ts';
import type { BookingRow, EntryRow, EventRow, TicketRow } from './stage.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { waitingPromises } from './waiting-promises.ts';
import { watchPromises } from './watcher.ts';

export interface Evidence {
  readonly history: History;
  readonly rows: readonly BookingRow[];
  readonly events: readonly EventRow[];
  readonly tickets: readonly TicketRow[];
  readonly entries: readonly EntryRow[];
  readonly processes: readonly SupervisedProcess[];
  readonly verify: CommandResult;
  readonly mails: Pick<PostOffice, 'taken' | 'unanswered'>;
  readonly recovery: Recovery;
  /** When this process itself was late, and for how long: the machine was busy then, not the box office. */
  readonly lateness: LatenessMeter;
}

export interface Recovery {
  /** From the end of the last fault; null: not within the bound. */
  readonly readyMs: number | null;
  readonly nonePendingMs: number | null;
  /** How long a new booking took to be seen FINALIZED through each API, at best of some; null: not seen. */
  readonly finalizedMs: ReadonlyMap<string, number | null>;
}

/** Each check returns one text per violation, with what is needed to look into it. */
export type Promises = Readonly<Record<string, (evidence: Evidence) => string[]>>;

export interface Violation {
  readonly promise: string;
  readonly what: string;
}

const PROMISES: Promises = {
  'boxoffice verify finds nothing': ({ verify }) => (verify.code === 0 ? [] : [verify.stdout + verify.stderr]),
  ...bookingPromises,
  ...mailPromises,
  ...eventPromises,
  ...holdPromises,
  ...waitingPromises,
  ...doorPromises,
  ...watchPromises,
  ...processPromises,
};

export const promisesChecked = Object.keys(PROMISES).length;

export function checkPromises(evidence: Evidence): Violation[] {
  return Object.entries(PROMISES).flatMap(([promise, check]) => check(evidence).map((what) => ({ promise, what })));
}

const everyMs = 50;
const noticedMs = 50;

/** Watches how late the timers of this process are. On a machine with too much to do, so are everybody's. */
export class LatenessMeter {
  readonly #late: { at: number; ms: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let due = performance.now() + everyMs;
    this.#timer = setInterval(() => {
      const at = performance.now();
      if (at - due > noticedMs) this.#late.push({ at, ms: at - due });
      due = at + everyMs;
    }, everyMs);
  }

  between(from: number, to: number): number {
    return this.#late.reduce((sum, { at, ms }) => sum + (at >= from && at - ms <= to ? ms : 0), 0);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
