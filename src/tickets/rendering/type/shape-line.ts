import type { Font } from 'fontkit';
import { LEFT_TO_RIGHT, RIGHT_TO_LEFT } from './open-font.ts';
import { type Cluster, isOdd } from './prepared-text.ts';

/** Glyphs of one font in one direction. */
export interface Run {
  readonly font: Font;
  readonly text: string;
  readonly features: string[];
  /** In ems. */
  readonly width: number;
}

/** @returns the runs of a line as they are seen, from left to right */
export function shapeLine(clusters: readonly Cluster[]): Run[] {
  const runs: { font: Font; text: string; level: number }[] = [];
  for (const { font, printed, level } of clusters) {
    const last = runs.at(-1);
    if (last?.font === font && last.level === level) last.text += printed;
    else runs.push({ font, text: printed, level });
  }
  return inVisualOrder(runs).map(({ font, text, level }) => {
    const features = isOdd(level) ? RIGHT_TO_LEFT : LEFT_TO_RIGHT;
    return { font, text, features, width: font.layout(text, features).advanceWidth / font.unitsPerEm };
  });
}

export function widthOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { width }) => sum + width, 0);
}

/** From the highest level to the lowest odd one, whatever is at that level or higher is reversed (UAX 9, L2). */
function inVisualOrder<R extends { readonly level: number }>(logical: readonly R[]): R[] {
  const runs = [...logical];
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let from = 0; from < runs.length; from++) {
      let to = from;
      while (to < runs.length && (runs[to] as R).level >= level) to++;
      runs.splice(from, to - from, ...runs.slice(from, to).reverse());
      from = Math.max(from, to);
    }
  }
  return runs;
}
