import { readFile } from 'node:fs/promises';
import { create, type Font } from 'fontkit';
import { LRUCache } from 'lru-cache';
import subsetFont from 'subset-font';
import { FAMILIES, type Family, type FontSlice, slicesOf } from './font-families.ts';

export type Weight = 400 | 700;

/** Fonts that are kept open. A page of 200 different Chinese characters needs some 80 at the worst. */
const MAX_OPEN_FONTS = 128;

/** All fonts that tickets are printed with, each opened when something needs it. */
export class FontShelf {
  readonly #slices = new Map(FAMILIES.map((family) => [family, slicesOf(family)]));
  readonly #open = new LRUCache<string, Promise<Font>>({ max: MAX_OPEN_FONTS });

  /** @returns the first font of these families that has a glyph for each of the code points */
  async find(codePoints: readonly number[], weight: Weight, families: readonly Family[]): Promise<Font | undefined> {
    for (const slice of families.flatMap((family) => this.#slices.get(family) ?? [])) {
      if (!codePoints.every((codePoint) => slice.claims(codePoint))) continue;
      const font = await this.#opened(slice, weight);
      if (hasAll(font, codePoints)) return font;
    }
    return undefined;
  }

  #opened(slice: FontSlice, weight: Weight): Promise<Font> {
    const name = `${slice.name}-${weight}`;
    const font = this.#open.get(name) ?? openFont(name, slice.file, weight);
    this.#open.set(name, font);
    return font;
  }
}

export function hasAll(font: Font, codePoints: readonly number[]): boolean {
  return codePoints.every((codePoint) => font.hasGlyphForCodePoint(codePoint));
}

/** The files are variable and compressed in a way of which fontkit cannot embed parts: HarfBuzz makes a plain font of one weight. */
async function openFont(name: string, file: string, wght: Weight): Promise<Font> {
  const plain = await subsetFont(await readFile(file), undefined, {
    targetFormat: 'truetype',
    keepAllGlyphs: true,
    noHinting: true,
    variationAxes: { wght },
  });
  const font = create(plain) as Font;
  // pdfkit takes fonts of one name for one font, and lets nobody say in which direction a text runs.
  return Object.create(font, {
    postscriptName: { value: name },
    layout: {
      value: (text: string, features: string[]) =>
        font.layout(text, features, undefined, undefined, directionOf(features)),
    },
  });
}

/** A feature of right-to-left text only, so it tells which runs are. */
export const RIGHT_TO_LEFT = ['rtla'];
export const LEFT_TO_RIGHT: readonly string[] = [];

function directionOf(features: readonly string[]): 'rtl' | 'ltr' {
  return features.includes('rtla') ? 'rtl' : 'ltr';
}
