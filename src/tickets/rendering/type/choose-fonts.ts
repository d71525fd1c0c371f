import type { Font } from 'fontkit';
import type { Family } from './font-families.ts';
import { type FontShelf, hasAll } from './font-shelf.ts';
import type { Weight } from './open-font.ts';

/** A piece of a text, with a font that has it. */
export interface FontedPiece {
  /** Where it begins in the text. */
  readonly start: number;
  /** What is drawn; empty for what only steers others. */
  readonly printed: string;
  readonly font: Font;
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\uFE0F/u;
/** Joiners, selectors and marks of direction: a font need not have them. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
/** Digits, punctuation and spaces, which look best in the font of what stands before them. */
const COMMON = /^[\p{Script=Common}\p{Script=Inherited}]*$/u;
/** Stands for what no font has, so that nothing is missing unseen. */
const REPLACEMENT = '\uFFFD';

/** Letters stay with their marks, and emoji in their families, wherever one font has them all. */
export async function chooseFonts(shelf: FontShelf, text: string, weight: Weight): Promise<FontedPiece[]> {
  const choose = await fontChoice(shelf, text, weight);
  const pieces: FontedPiece[] = [];
  for (const { segment, index } of GRAPHEMES.segment(text)) {
    pieces.push(...(await choose(segment, index, pieces.at(-1)?.font)));
  }
  return pieces;
}

async function fontChoice(shelf: FontShelf, text: string, weight: Weight) {
  const families = familiesFor(text);
  const emojiFirst: Family[] = ['noto-emoji', ...families];
  const fallback = (await shelf.find(codePointsOf(REPLACEMENT), weight, families)) as Font;

  return async function choose(piece: string, start: number, before: Font = fallback): Promise<FontedPiece[]> {
    const all = codePointsOf(piece);
    const needed = all.filter((codePoint) => !IGNORABLE.test(String.fromCodePoint(codePoint)));
    if (needed.length === 0) return [{ start, printed: '', font: before }];
    const isEmoji = EMOJI.test(piece);
    if (!isEmoji && COMMON.test(piece) && hasAll(before, needed)) return [{ start, printed: piece, font: before }];
    const order = isEmoji ? emojiFirst : families;
    const font = (await shelf.find(all, weight, order)) ?? (await shelf.find(needed, weight, order));
    if (font) return [{ start, printed: piece, font }];
    if (all.length === 1) return [{ start, printed: REPLACEMENT, font: fallback }];
    return (await Promise.all([...piece].map((one) => choose(one, start, before)))).flat();
  };
}

/** Han characters look otherwise in Japan, Korea and China; the other letters of the text say where it is from. */
function familiesFor(text: string): Family[] {
  const han: Family[] = ['noto-sans-sc', 'noto-sans-jp', 'noto-sans-kr'];
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) han.unshift('noto-sans-jp');
  else if (/\p{Script=Hangul}/u.test(text)) han.unshift('noto-sans-kr');
  return ['noto-sans', 'noto-sans-hebrew', 'noto-sans-thai', ...han, 'noto-sans-arabic', 'noto-emoji'];
}

function codePointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) as number);
}
