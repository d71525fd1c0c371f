import { create, type Font, type GlyphRun } from 'fontkit';
import { LRUCache } from 'lru-cache';
import subsetFont from 'subset-font';

export type Weight = 400 | 700;

/** A feature of right-to-left text only, by which a font is told which runs are. */
export const RIGHT_TO_LEFT = ['rtla'];
export const LEFT_TO_RIGHT: string[] = [];

/** Runs of text that a font keeps as it shaped them: a page asks for each of its own several times. */
const MAX_SHAPED = 200;

/**
 * A font of one weight. What comes in packages is variable, and compressed in a way of which fontkit can embed no part:
 * HarfBuzz makes a plain one of it.
 * @param name no other font of a document has
 * @param file WOFF2, with the axis `wght`
 */
export async function openFont(name: string, file: Buffer, weight: Weight): Promise<Font> {
  const plain = await subsetFont(file, undefined, {
    targetFormat: 'truetype',
    keepAllGlyphs: true,
    noHinting: true,
    variationAxes: { wght: weight },
  });
  const font = create(plain) as Font;
  const shaped = new LRUCache<string, GlyphRun>({ max: MAX_SHAPED });

  /** Shapes in the direction that the features tell, where fontkit would guess it from the letters. */
  function layout(text: string, features: readonly string[]) {
    const direction = features.includes('rtla') ? 'rtl' : 'ltr';
    const key = `${direction} ${text}`;
    const run = shaped.get(key) ?? font.layout(text, [...features], undefined, undefined, direction);
    shaped.set(key, run);
    const { glyphs, positions, advanceWidth } = run;
    // pdfkit scales positions where they stand.
    return { glyphs, positions: positions.map((position) => ({ ...position })), advanceWidth };
  }
  // pdfkit takes fonts of one name for one font.
  return Object.create(font, { postscriptName: { value: name }, layout: { value: layout } });
}
