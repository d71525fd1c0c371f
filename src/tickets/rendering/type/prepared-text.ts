import bidiFactory from 'bidi-js';
import LineBreaker from 'linebreak';
import { chooseFonts, type FontedPiece } from './choose-fonts.ts';
import type { FontShelf } from './font-shelf.ts';
import type { Weight } from './open-font.ts';

/** What is never torn apart: a letter with its marks, a family of emoji. */
export interface Cluster extends FontedPiece {
  /** Its embedding level (UAX 9); an odd one runs from right to left. */
  readonly level: number;
  /** A line may begin with it (UAX 14). */
  readonly mayBegin: boolean;
}

/** A paragraph in its fonts, to be set at any size. */
export interface PreparedText {
  readonly clusters: readonly Cluster[];
  /** Its first letter decides. */
  readonly rightToLeft: boolean;
}

// Its types are those of a module, its file for Node is CommonJS.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();

export async function prepareText(shelf: FontShelf, given: string, weight: Weight): Promise<PreparedText> {
  const text = inOneParagraph(given);
  const { levels, paragraphs } = bidi.getEmbeddingLevels(text);
  const breaks = breaksOf(text);
  const clusters = (await chooseFonts(shelf, text, weight)).map((piece): Cluster => {
    const level = levels[piece.start] ?? 0;
    const printed = isOdd(level) ? mirrored(piece.printed) : piece.printed;
    return { ...piece, printed, level, mayBegin: breaks.has(piece.start) };
  });
  return { clusters: clusters.filter(({ printed }) => printed !== ''), rightToLeft: isOdd(paragraphs[0]?.level ?? 0) };
}

export function isOdd(level: number): boolean {
  return level % 2 === 1;
}

/** Composed letters are those that fonts have. */
function inOneParagraph(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\s\u0085]+/g, ' ')
    .trim();
}

/** Brackets open to the other side. */
function mirrored(text: string): string {
  return bidi.getMirroredCharacter(text) ?? text;
}

function breaksOf(text: string): Set<number> {
  const breaker = new LineBreaker(text);
  const breaks = new Set<number>();
  for (let next = breaker.nextBreak(); next; next = breaker.nextBreak()) breaks.add(next.position);
  return breaks;
}
