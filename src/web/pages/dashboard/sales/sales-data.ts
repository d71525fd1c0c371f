/** How many places were booked, and final, at a moment. */
export interface SalesMark {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly booked: number;
  readonly final: number;
}

/** Marks in a row; half as many when there are more, so that a page on the wall may stay there for weeks. */
const MAX_MARKS = 4_000;
/** Of the bars that show how fast it goes. */
const MAX_BARS = 120;
const SECOND_MS = 1_000;

/** What comes now, behind what was known on opening. */
export function withMark(marks: readonly SalesMark[], mark: SalesMark): readonly SalesMark[] {
  const last = marks.at(-1);
  // What the curve has is by the time of the bookings; the number that was seen last is newer, whatever the clocks say.
  const at = last ? Math.max(mark.at, last.at) : mark.at;
  if (last && last.booked === mark.booked && last.final === mark.final) return marks;
  const all = [...marks, { ...mark, at }];
  return all.length <= MAX_MARKS ? all : all.filter((_, i) => i % 2 === 0 || i === all.length - 1);
}

export interface Bar {
  /** The middle of its time. */
  readonly at: number;
  readonly perSecond: number;
}

/** How many places were booked per second, in bars of a second or longer. */
export function ratesOf(marks: readonly SalesMark[], from: number, to: number): Bar[] {
  if (marks.length === 0 || to <= from) return [];
  const stepMs = Math.max(SECOND_MS, Math.ceil((to - from) / MAX_BARS));
  const bars = Math.ceil((to - from) / stepMs);
  let next = 0;
  const bookedAt = (moment: number) => {
    while (next < marks.length && (marks[next] as SalesMark).at <= moment) next++;
    return marks[next - 1]?.booked ?? marks[0]?.booked ?? 0;
  };
  let before = bookedAt(from);
  return Array.from({ length: bars }, (_, i) => {
    const booked = bookedAt(from + (i + 1) * stepMs);
    const perSecond = ((booked - before) * SECOND_MS) / stepMs;
    before = booked;
    return { at: from + (i + 0.5) * stepMs, perSecond };
  });
}

/** A few of them, evenly over their time, with the last: for a table. */
export function someOf(marks: readonly SalesMark[], rows: number): SalesMark[] {
  const [first, last] = [marks[0], marks.at(-1)];
  if (!first || !last || marks.length <= rows) return [...marks];
  const stepMs = (last.at - first.at) / (rows - 1);
  const wanted = Array.from({ length: rows }, (_, i) => first.at + i * stepMs);
  return wanted.map((moment) => marks.findLast(({ at }) => at <= moment) ?? first);
}
