import type PDFDocument from 'pdfkit';
import type { Run } from '../type/shape-line.ts';
import type { Item } from './page.ts';

type Document = typeof PDFDocument.prototype;

/** From the middle of a line down to its baseline, in ems: half of a capital letter. */
const MIDDLE_TO_BASELINE = 0.357;
/** What a letter may stand out of its box above and below, in ems. A tower of accents is cut off there. */
const OVERHANG = 0.2;

export function drawText(document: Document, { box, block, colour }: Extract<Item, { readonly kind: 'text' }>): void {
  const overhang = block.size * OVERHANG;
  document.save();
  document.rect(box.x - overhang, box.y - overhang, box.width + 2 * overhang, box.height + 2 * overhang).clip();
  document.fillColor(colour).fontSize(block.size);
  block.lines.forEach(({ runs, width }, i) => {
    const baseline = box.y + block.lineHeight * (i + 0.5) + block.size * MIDDLE_TO_BASELINE;
    // Of a text from right to left the lines begin below each other, and the text as a whole stands where all others do.
    let x = block.rightToLeft ? box.x + block.width - width : box.x;
    for (const run of runs) {
      drawRun(document, run, x, baseline);
      x += run.width * block.size;
    }
  });
  document.restore();
}

function drawRun(document: Document, { font, text, features }: Run, x: number, y: number): void {
  // Its types do not know that pdfkit takes opened fonts, nor the feature.
  document.font(font as unknown as Buffer, font.postscriptName as string);
  document.text(text, x, y, { lineBreak: false, baseline: 'alphabetic', features: features as [] });
}
