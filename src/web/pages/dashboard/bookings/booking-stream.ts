import { newest } from '../../../data/newest.ts';
import { Store } from '../../../data/store.ts';
import type { BookingRow } from '../../../generated/operations.ts';

/** So many that nobody scrolls through them; what is older is searched for. */
const MAX_ROWS = 20_000;

export interface StreamView {
  /** Newest first. */
  readonly rows: readonly BookingRow[];
  readonly paused: boolean;
  /** That came since it was paused. */
  readonly waiting: number;
}

/** The bookings of an event as they come, each as it is now. */
export class BookingStream {
  readonly view = new Store<StreamView>({ rows: [], paused: false, waiting: 0 });
  /** Newer than what is shown, by their ids. */
  readonly #coming = new Map<string, BookingRow>();

  /** Of before, which somebody asked for: shown at once. */
  load(rows: readonly BookingRow[]): void {
    const view = this.view.get();
    this.view.set({ ...view, rows: merged(view.rows, new Map(rows.map((row) => [row.id, row]))) });
  }

  /** What changed. Shown by the next `flush`: a sale brings thousands in a second. */
  add(rows: readonly BookingRow[]): void {
    for (const row of rows) this.#coming.set(row.id, newest(this.#coming.get(row.id) ?? null, row));
  }

  /** Shows what has come, unless somebody wants to read. */
  flush(): void {
    const { paused, waiting, rows } = this.view.get();
    if (paused) {
      if (this.#coming.size !== waiting) this.view.set({ rows, paused, waiting: this.#coming.size });
      return;
    }
    if (this.#coming.size === 0) return;
    this.view.set({ rows: merged(rows, this.#coming), paused, waiting: 0 });
    this.#coming.clear();
  }

  pause(paused: boolean): void {
    this.view.set({ ...this.view.get(), paused });
    this.flush();
  }
}

function merged(shown: readonly BookingRow[], coming: ReadonlyMap<string, BookingRow>): BookingRow[] {
  const known = new Set<string>();
  const rows = shown.map((row) => {
    const change = coming.get(row.id);
    if (!change) return row;
    known.add(row.id);
    return newest(row, change);
  });
  const added = [...coming.values()].filter(({ id }) => !known.has(id));
  return [...added, ...rows].sort((a, b) => Number(b.id) - Number(a.id)).slice(0, MAX_ROWS);
}
