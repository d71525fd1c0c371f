import type { Cluster, PreparedText } from './prepared-text.ts';
import { shapeLine, widthOf } from './shape-line.ts';

/** A part that no line breaks unless it is wider than a line by itself. */
interface Word {
  readonly clusters: readonly Cluster[];
  /** In ems, without the spaces at its end, and with them. */
  readonly width: number;
  readonly widthWithSpaces: number;
}

/** The words of a text, each measured once. */
export function wordsOf({ clusters }: PreparedText): Word[] {
  const words: Cluster[][] = [];
  for (const cluster of clusters) {
    if (words.length === 0 || cluster.mayBegin) words.push([]);
    words.at(-1)?.push(cluster);
  }
  return words.map(measured);
}

/**
 * Fills lines with words, and breaks a word only where no line is wide enough for it.
 * @param width of a line, in ems
 */
export function wrap(words: readonly Word[], width: number): Cluster[][] {
  const lines: Cluster[][] = [];
  let line: Cluster[] = [];
  let used = 0;
  for (const word of words.flatMap((one) => (one.width > width ? tornApart(one, width) : [one]))) {
    if (line.length > 0 && used + word.width > width) {
      lines.push(withoutSpacesAtEnd(line));
      [line, used] = [[], 0];
    }
    line.push(...word.clusters);
    used += word.widthWithSpaces;
  }
  lines.push(withoutSpacesAtEnd(line));
  return lines;
}

/** Letters alone are not narrower than joined ones, so each part fits. */
function tornApart({ clusters }: Word, width: number): Word[] {
  const parts: Cluster[][] = [];
  let used = width;
  for (const cluster of clusters) {
    const own = widthOf(shapeLine([cluster]));
    if (used + own > width) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)?.push(cluster);
    used += own;
  }
  return parts.map(measured);
}

function measured(clusters: readonly Cluster[]): Word {
  const width = widthOf(shapeLine(withoutSpacesAtEnd(clusters)));
  return { clusters, width, widthWithSpaces: widthOf(shapeLine(clusters)) };
}

function withoutSpacesAtEnd(clusters: readonly Cluster[]): Cluster[] {
  const last = clusters.findLastIndex(({ printed }) => printed.trim() !== '');
  return clusters.slice(0, last + 1);
}
