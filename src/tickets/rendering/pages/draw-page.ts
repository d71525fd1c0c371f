import type PDFDocument from 'pdfkit';
import qrcode from 'qrcode';
import { QR_SYMBOL, segmentsOf } from '../qr-symbol.ts';
import { drawText } from './draw-text.ts';
import { type Box, COLOURS, type Item, type Page } from './page.ts';

type Document = typeof PDFDocument.prototype;
type Of<Kind extends Item['kind']> = Extract<Item, { readonly kind: Kind }>;

const HAIRLINE = 0.75;
const DASH = { length: 3, space: 4 };
const NOTCH_RADIUS = 9;

export function drawPage(document: Document, { items }: Page, qrPayload: string): void {
  for (const item of items) {
    if (item.kind === 'text') drawText(document, item);
    else if (item.kind === 'area') fill(document, item.box, item.colour);
    else if (item.kind === 'card') drawCard(document, item);
    else if (item.kind === 'tear-line') drawTearLine(document, item);
    else drawQrCode(document, item.box, qrPayload);
  }
}

function fill(document: Document, { x, y, width, height }: Box, colour: string): void {
  document.rect(x, y, width, height).fill(colour);
}

function drawCard(document: Document, { box, radius, bandHeight }: Of<'card'>): void {
  const { x, y, width, height } = box;
  document.save().roundedRect(x, y, width, height, radius).clip();
  fill(document, { ...box, height: bandHeight }, COLOURS.accent);
  document.restore();
  document.roundedRect(x, y, width, height, radius).lineWidth(HAIRLINE).stroke(COLOURS.hairline);
}

/** The notches are cut out of what the line goes across, up to its edges. */
function drawTearLine(document: Document, { y, from, to, notch }: Of<'tear-line'>): void {
  document.lineWidth(HAIRLINE).dash(DASH.length, { space: DASH.space });
  document
    .moveTo(from + 2 * NOTCH_RADIUS, y)
    .lineTo(to - 2 * NOTCH_RADIUS, y)
    .stroke(COLOURS.muted)
    .undash();
  const edge = HAIRLINE / 2;
  document
    .save()
    .rect(from - edge, y - 2 * NOTCH_RADIUS, to - from + 2 * edge, 4 * NOTCH_RADIUS)
    .clip();
  for (const x of [from, to]) document.circle(x, y, NOTCH_RADIUS).fillAndStroke(COLOURS.paper, notch);
  document.restore();
}

/** One path of all modules: dark ones that touch leave no seam, at whatever size they are shown. */
function drawQrCode(document: Document, box: Box, qrPayload: string): void {
  fill(document, box, COLOURS.paper);
  const { modules } = qrcode.create(segmentsOf(qrPayload), QR_SYMBOL);
  const module = box.width / (modules.size + 2 * QR_SYMBOL.margin);
  const at = (index: number) => (index + QR_SYMBOL.margin) * module;
  for (let row = 0; row < modules.size; row++) {
    for (let from = 0; from < modules.size; from++) {
      let to = from;
      while (to < modules.size && modules.get(row, to)) to++;
      if (to > from) document.rect(box.x + at(from), box.y + at(row), (to - from) * module, module);
      from = to;
    }
  }
  document.fill('#000000');
}
