import { malformation } from '../platform/transient-errors.ts';

export const MAX_ROWS_NAMED = 100;

export interface Finding {
  readonly promise: string;
  /** The offending rows, as `event 7`, `booking 12` or `entry 3` of a waiting list; the first 100. */
  readonly rows: readonly string[];
}

/** Broken promises, each with the first of the rows that break it. */
export class Findings {
  readonly #rows = new Map<string, string[]>();

  note(promise: string, kind: 'event' | 'booking' | 'entry', ids: readonly number[]): void {
    if (ids.length === 0) return;
    const rows = this.#rows.get(promise) ?? [];
    rows.push(...ids.slice(0, MAX_ROWS_NAMED - rows.length).map((id) => `${kind} ${id}`));
    this.#rows.set(promise, rows);
  }

  get all(): Finding[] {
    return [...this.#rows].map(([promise, rows]) => ({ promise, rows }));
  }
}

/** The database cannot be read as it was written: what else it says is not to be believed. */
export class Malformed extends Error {}

/** Runs `work`; when the database says of itself that it is damaged, that becomes a Malformed. */
export async function orMalformed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const told = malformation(error);
    throw told === null ? error : new Malformed(told, { cause: error });
  }
}
