import { fitText, type Room } from '../type/fit-text.ts';
import type { FontShelf } from '../type/font-shelf.ts';
import type { Weight } from '../type/open-font.ts';
import { prepareText } from '../type/prepared-text.ts';
import { COLOURS, type Colour, type Item } from './page.ts';

export interface Style extends Omit<Room, 'width'> {
  readonly weight: Weight;
  readonly tone: keyof Tones;
}

/** How what is important and what is less so look on their ground. */
type Tones = Readonly<Record<'strong' | 'soft' | 'accent', Colour>>;

export const ON_PAPER: Tones = { strong: COLOURS.ink, soft: COLOURS.muted, accent: COLOURS.accent };
export const ON_ACCENT: Tones = { strong: COLOURS.paper, soft: COLOURS.blush, accent: COLOURS.blush };

export interface ColumnPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly tones: Tones;
}

/** A part of a page that is filled from top to bottom, each text below the last one, however tall that became. */
export class Column {
  readonly items: Item[] = [];
  readonly #shelf: FontShelf;
  readonly #place: ColumnPlace;
  #bottom: number;

  constructor(shelf: FontShelf, place: ColumnPlace) {
    this.#shelf = shelf;
    this.#place = place;
    this.#bottom = place.y;
  }

  /** Where the next text begins. */
  get bottom(): number {
    return this.#bottom;
  }

  async write(text: string, { weight, tone, ...room }: Style): Promise<void> {
    const { x, width, tones } = this.#place;
    const block = fitText(await prepareText(this.#shelf, text, weight), { ...room, width });
    const box = { x, y: this.#bottom, width, height: block.height };
    this.items.push({ kind: 'text', box, block, colour: tones[tone] });
    this.#bottom += block.height;
  }

  skip(points: number): void {
    this.#bottom += points;
  }
}
