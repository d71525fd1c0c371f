import type { FontShelf } from '../type/font-shelf.ts';
import { Column, ON_ACCENT, ON_PAPER, type Style } from './column.ts';
import { below, factOfCode, factsOfBooking, factsOfEvent, sideBySide } from './facts.ts';
import { COLOURS, type Item, type Page } from './page.ts';
import type { PrintedTicket } from './printed-ticket.ts';
import { serialOf } from './wording.ts';

/** In points: as wide as a phone. It is as long as what stands on it, and not shorter than this. */
const WIDTH = 360;
const MIN_HEIGHT = 640;
const MARGIN = 24;
const INSIDE = { x: MARGIN, width: WIDTH - 2 * MARGIN };
/** With its quiet zone. */
const QR_SIZE = 300;
/** Of both rows of facts: their columns stand below each other. */
const SHARE_OF_FIRST = 0.52;

const SERIAL: Style = { weight: 700, size: 10, leading: 1.4, maxHeight: 14, tone: 'accent' };
const TITLE: Style = { weight: 700, size: 28, leading: 1.2, maxHeight: 136, tone: 'strong' };

/** The event on the accent, below it the QR code as large as a phone shows it. */
export async function phonePage(shelf: FontShelf, ticket: PrintedTicket): Promise<Page> {
  const onAccent = { ...INSIDE, tones: ON_ACCENT };
  const head = new Column(shelf, { ...onAccent, y: 28 });
  await head.write(serialOf(ticket), SERIAL);
  head.skip(6);
  await head.write(ticket.title, TITLE);
  const event = await sideBySide(shelf, { ...onAccent, y: head.bottom + 16 }, factsOfEvent(ticket), SHARE_OF_FIRST);
  const tearLine = event.bottom + 24;

  const qr = { x: (WIDTH - QR_SIZE) / 2, y: tearLine + 10, width: QR_SIZE, height: QR_SIZE };
  const onPaper = { ...INSIDE, tones: ON_PAPER };
  const y = qr.y + QR_SIZE + 6;
  const booking = await sideBySide(shelf, { ...onPaper, y }, factsOfBooking(ticket), SHARE_OF_FIRST);
  const code = await below(shelf, { ...onPaper, y: booking.bottom + 14 }, [factOfCode(ticket)]);
  const items: Item[] = [
    { kind: 'area', box: { x: 0, y: 0, width: WIDTH, height: tearLine }, colour: COLOURS.accent },
    { kind: 'tear-line', y: tearLine, from: 0, to: WIDTH, notch: COLOURS.paper },
    { kind: 'qr', box: qr },
    ...head.items,
    ...event.items,
    ...booking.items,
    ...code.items,
  ];
  return { width: WIDTH, height: Math.max(MIN_HEIGHT, code.bottom + MARGIN), items };
}
