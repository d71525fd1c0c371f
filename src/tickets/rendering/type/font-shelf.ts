import { readFile } from 'node:fs/promises';
import type { Font } from 'fontkit';
import { LRUCache } from 'lru-cache';
import { FAMILIES, type Family, type FontSlice, slicesOf } from './font-families.ts';
import { openFont, type Weight } from './open-font.ts';

/** Fonts that are kept open. A page of 200 different Chinese characters needs some 80 at the worst. */
const MAX_OPEN_FONTS = 128;
/** Characters of which it is known where they are. */
const MAX_KNOWN = 5_000;

/** All fonts that tickets are printed with, each opened when something needs it. */
export class FontShelf {
  readonly #slices = new Map(FAMILIES.map((family) => [family, slicesOf(family)]));
  readonly #open = new LRUCache<string, Promise<Font>>({ max: MAX_OPEN_FONTS });
  readonly #known = new LRUCache<string, readonly FontSlice[]>({ max: MAX_KNOWN });

  /** @returns the first font of these families that has a glyph for each of the code points */
  async find(codePoints: readonly number[], weight: Weight, families: readonly Family[]): Promise<Font | undefined> {
    for (const slice of this.#claiming(codePoints, families)) {
      const font = await this.#opened(slice, weight);
      if (hasAll(font, codePoints)) return font;
    }
    return undefined;
  }

  #claiming(codePoints: readonly number[], families: readonly Family[]): readonly FontSlice[] {
    const key = `${codePoints} ${families}`;
    const known = this.#known.get(key);
    if (known) return known;
    const claiming = families
      .flatMap((family) => this.#slices.get(family) ?? [])
      .filter((slice) => codePoints.every((codePoint) => slice.claims(codePoint)));
    this.#known.set(key, claiming);
    return claiming;
  }

  #opened({ name, file }: FontSlice, weight: Weight): Promise<Font> {
    const key = `${name}-${weight}`;
    const font = this.#open.get(key) ?? readFile(file).then((slice) => openFont(key, slice, weight));
    this.#open.set(key, font);
    return font;
  }
}

export function hasAll(font: Font, codePoints: readonly number[]): boolean {
  return codePoints.every((codePoint) => font.hasGlyphForCodePoint(codePoint));
}
