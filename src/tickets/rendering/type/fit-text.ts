import type { PreparedText } from './prepared-text.ts';
import { type Run, shapeLine, widthOf } from './shape-line.ts';
import { wordsOf, wrap } from './wrap-text.ts';

export interface Room {
  /** In points, as all that follows. */
  readonly width: number;
  readonly maxHeight: number;
  /** The size of the type, where there is room for it. */
  readonly size: number;
  /** From one line to the next, as a multiple of the size. */
  readonly leading: number;
}

export interface TextBlock {
  readonly lines: readonly Line[];
  /** Of the widest line. */
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly lineHeight: number;
  readonly rightToLeft: boolean;
}

interface Line {
  readonly runs: readonly Run[];
  readonly width: number;
}

const SMALLER = 0.95;
/** Of the size that was wished for: before a word is broken, the text becomes so much smaller. */
const LEAST_UNBROKEN = 0.6;
/** What rounding may add to a width. */
const TOLERANCE = 1.001;

/** Sets all of a text as large as its room allows. Every text fits at some size, because its area shrinks with the square of it. */
export function fitText(text: PreparedText, room: Room): TextBlock {
  const { width, maxHeight, leading } = room;
  const words = wordsOf(text);
  const ems = words.reduce((sum, word) => sum + word.width, 0);
  const sizeOfItsArea = Math.sqrt((width * maxHeight) / (leading * ems));
  const sizeUnbroken = width / Math.max(...words.map((word) => word.width));
  const largest = sizeUnbroken >= LEAST_UNBROKEN * room.size ? Math.min(room.size, sizeUnbroken) : room.size;
  for (let size = Math.min(largest, sizeOfItsArea); ; size *= SMALLER) {
    const lines = wrap(words, width / size).map((clusters): Line => {
      const runs = shapeLine(clusters);
      return { runs, width: widthOf(runs) * size };
    });
    const lineHeight = size * leading;
    const height = lines.length * lineHeight;
    const widest = Math.max(...lines.map((line) => line.width));
    if (height <= maxHeight && widest <= width * TOLERANCE) {
      return { lines, width: widest, height, size, lineHeight, rightToLeft: text.rightToLeft };
    }
  }
}
