export const MAX_ROWS_NAMED = 100;

export interface Finding {
  readonly promise: string;
  /** The offending rows, as `event 7` or `booking 12`; the first 100. */
  readonly rows: readonly string[];
}

/** Broken promises, each with the first of the rows that break it. */
export class Findings {
  readonly #rows = new Map<string, string[]>();

  note(promise: string, kind: 'event' | 'booking', ids: readonly number[]): void {
    if (ids.length === 0) return;
    const rows = this.#rows.get(promise) ?? [];
    rows.push(...ids.slice(0, MAX_ROWS_NAMED - rows.length).map((id) => `${kind} ${id}`));
    this.#rows.set(promise, rows);
  }

  get all(): Finding[] {
    return [...this.#rows].map(([promise, rows]) => ({ promise, rows }));
  }
}
