import type { Kept } from './kept.ts';
import { randomId } from './random-id.ts';

/** What somebody wants of an event: it keeps its key over reloads, so that it is fulfilled at most once. */
export interface Wish {
  readonly key: string;
  readonly quantity: number;
  readonly holderName: string;
  readonly email: string;
  /** Whether the box office was asked, and has not answered yet. */
  readonly asking: boolean;
  /** The booking that came of it. */
  readonly bookingId: string | null;
}

/** One wish per event and tab. */
export class Wishes {
  readonly #kept: Kept;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  of(eventId: string): Wish | null {
    const text = this.#kept.getItem(nameOf(eventId));
    return text === null ? null : (JSON.parse(text) as Wish);
  }

  keep(eventId: string, wish: Wish | null): void {
    if (wish) this.#kept.setItem(nameOf(eventId), JSON.stringify(wish));
    else this.#kept.removeItem(nameOf(eventId));
  }
}

/** What is asked for again is the same wish, until it was fulfilled; another choice is another. */
export function keyFor(before: Wish | null, choice: Pick<Wish, 'quantity' | 'holderName' | 'email'>): string {
  const isSame =
    before?.bookingId === null &&
    before.quantity === choice.quantity &&
    before.holderName === choice.holderName &&
    before.email === choice.email;
  return isSame ? before.key : `page-${randomId()}`;
}

function nameOf(eventId: string): string {
  return `boxoffice.wish.${eventId}`;
}
