import { eventTime } from '../../../events/event-time.ts';
import type { FontShelf } from '../type/font-shelf.ts';
import { Column, type ColumnPlace, type Style } from './column.ts';
import type { Item } from './page.ts';
import type { PrintedTicket } from './printed-ticket.ts';

/** Writes one thing that is known of a ticket, under its name. */
type Fact = (column: Column) => Promise<void>;

const LABEL: Style = { weight: 700, size: 7.5, leading: 1.8, maxHeight: 14, tone: 'soft' };
const VALUE: Style = { weight: 700, size: 13, leading: 1.35, maxHeight: 53, tone: 'strong' };
const DETAIL: Style = { weight: 400, size: 11, leading: 1.45, maxHeight: 32, tone: 'strong' };
const NOTE: Style = { weight: 400, size: 9, leading: 1.5, maxHeight: 14, tone: 'soft' };
const CODE: Style = { weight: 400, size: 9.5, leading: 1.5, maxHeight: 29, tone: 'strong' };
const BETWEEN_FACTS = 15;
const BETWEEN_COLUMNS = 24;

/** When and where it is. */
export function factsOfEvent(ticket: PrintedTicket): Fact[] {
  const when = eventTime(ticket);
  const facts: Fact[] = [];
  if (when) {
    facts.push(async (column) => {
      await writeFact(column, 'When', when.date);
      await column.write(when.time, DETAIL);
      await column.write(when.zone, NOTE);
    });
  }
  if (ticket.venue !== null) facts.push(fact('Where', ticket.venue));
  return facts;
}

/** Whose it is, and how the booking is named where somebody has to look it up. */
export function factsOfBooking({ holderName, reference }: PrintedTicket): Fact[] {
  return [...(holderName === null ? [] : [fact('Holder', holderName)]), fact('Booking', reference)];
}

export function factOfCode({ code }: PrintedTicket): Fact {
  return fact('Ticket code', code, CODE);
}

export async function below(shelf: FontShelf, place: ColumnPlace, facts: readonly Fact[]): Promise<Column> {
  const column = new Column(shelf, place);
  for (const write of facts) {
    if (column.items.length > 0) column.skip(BETWEEN_FACTS);
    await write(column);
  }
  return column;
}

/** One or two, the first of which gets this share of the width. */
export async function sideBySide(
  shelf: FontShelf,
  place: ColumnPlace,
  [first, second]: readonly Fact[],
  share: number,
) {
  const width = place.width * (second ? share : 1);
  const left = width + BETWEEN_COLUMNS;
  const columns = [
    await below(shelf, { ...place, width }, first ? [first] : []),
    await below(shelf, { ...place, x: place.x + left, width: place.width - left }, second ? [second] : []),
  ];
  return { items: itemsOf(columns), bottom: Math.max(...columns.map(({ bottom }) => bottom)) };
}

export function itemsOf(columns: readonly Column[]): Item[] {
  return columns.flatMap(({ items }) => items);
}

function fact(label: string, value: string, style = VALUE): Fact {
  return (column) => writeFact(column, label, value, style);
}

async function writeFact(column: Column, label: string, value: string, style = VALUE): Promise<void> {
  await column.write(label.toUpperCase(), LABEL);
  await column.write(value, style);
}
