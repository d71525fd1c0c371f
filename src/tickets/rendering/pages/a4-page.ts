import type { FontShelf } from '../type/font-shelf.ts';
import { Column, ON_PAPER, type Style } from './column.ts';
import { below, factOfCode, factsOfBooking, factsOfEvent, itemsOf, sideBySide } from './facts.ts';
import { COLOURS, type Item, type Page } from './page.ts';
import type { PrintedTicket } from './printed-ticket.ts';
import { serialOf, TERMS } from './wording.ts';

/** ISO 216, in points. */
const WIDTH = 595.28;
const HEIGHT = 841.89;
const CARD = { x: 44, y: 52, width: WIDTH - 88 };
const RADIUS = 12;
const BAND_HEIGHT = 10;
const PADDING = 36;
const INSIDE = { x: CARD.x + PADDING, width: CARD.width - 2 * PADDING, tones: ON_PAPER };
/** With its quiet zone, which stands in the padding of the card. */
const QR_SIZE = 224;
const QUIET_ZONE = 13;
const BESIDE_QR = { ...INSIDE, x: INSIDE.x + QR_SIZE, width: INSIDE.width - QR_SIZE };
/** Of the width, for the date; the rest is for the venue. */
const SHARE_OF_DATE = 0.5;

const SERIAL: Style = { weight: 700, size: 10, leading: 1.4, maxHeight: 14, tone: 'accent' };
const TITLE: Style = { weight: 700, size: 36, leading: 1.2, maxHeight: 176, tone: 'strong' };
const SMALL_PRINT: Style = { weight: 400, size: 9, leading: 1.6, maxHeight: 44, tone: 'soft' };

/** A card with the event above its tear line and the QR code below it; the rest of the sheet stays free. */
export async function a4Page(shelf: FontShelf, ticket: PrintedTicket): Promise<Page> {
  const head = new Column(shelf, { ...INSIDE, y: CARD.y + BAND_HEIGHT + PADDING });
  await head.write(serialOf(ticket), SERIAL);
  head.skip(8);
  await head.write(ticket.title, TITLE);
  const event = await sideBySide(shelf, { ...INSIDE, y: head.bottom + 22 }, factsOfEvent(ticket), SHARE_OF_DATE);
  const tearLine = event.bottom + 32;

  const qr = { x: INSIDE.x - QUIET_ZONE, y: tearLine + 22, width: QR_SIZE, height: QR_SIZE };
  const facts = [...factsOfBooking(ticket), factOfCode(ticket)];
  const beside = await below(shelf, { ...BESIDE_QR, y: qr.y + QUIET_ZONE - 4 }, facts);
  const bottom = qr.y + QR_SIZE + 22;

  const foot = new Column(shelf, { ...INSIDE, y: bottom + 18 });
  await foot.write(TERMS, SMALL_PRINT);
  const items: Item[] = [
    { kind: 'card', box: { ...CARD, height: bottom - CARD.y }, radius: RADIUS, bandHeight: BAND_HEIGHT },
    { kind: 'tear-line', y: tearLine, from: CARD.x, to: CARD.x + CARD.width, notch: COLOURS.hairline },
    { kind: 'qr', box: qr },
    ...head.items,
    ...event.items,
    ...itemsOf([beside, foot]),
  ];
  return { width: WIDTH, height: HEIGHT, items };
}
