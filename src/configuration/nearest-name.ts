export interface NearestName {
  readonly name: string;
  /** Letters to add, drop, replace or swap with their neighbour; upper and lower case count as the same. */
  readonly distance: number;
}

/** The one of `names` (at least one) that `written` is most like; the first of several. */
export function nearestName(written: string, names: readonly string[]): NearestName {
  const distances = names.map((name) => ({ name, distance: distance(written.toUpperCase(), name.toUpperCase()) }));
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best));
}

/** Optimal string alignment, row by row. https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
