import type { Kept } from './kept.ts';
import { randomId } from './random-id.ts';

/** How many places, and for whom. */
export interface Choice {
  readonly quantity: number;
  readonly holderName: string;
  readonly email: string;
}

/** What somebody wants of an event: it keeps its key over reloads, so that it is fulfilled at most once. */
export interface Wish extends Choice {
  readonly key: string;
  /** Whether the box office was asked, and has not answered yet. */
  readonly asking: boolean;
  /** The booking that came of it. */
  readonly bookingId: string | null;
}

/** One wish per event and tab; and per event and browser one entry of its waiting list, as waiting takes its time. */
export class Wishes {
  readonly #tab: Kept;
  readonly #browser: Kept;

  constructor(tab: Kept, browser: Kept) {
    this.#tab = tab;
    this.#browser = browser;
  }

  of(eventId: string): Wish | null {
    const text = this.#tab.getItem(wishOf(eventId));
    return text === null ? null : (JSON.parse(text) as Wish);
  }

  keep(eventId: string, wish: Wish | null): void {
    set(this.#tab, wishOf(eventId), wish && JSON.stringify(wish));
  }

  /** @returns the id of the entry */
  waitingFor(eventId: string): string | null {
    return this.#browser.getItem(waitingFor(eventId));
  }

  keepWaiting(eventId: string, entryId: string | null): void {
    set(this.#browser, waitingFor(eventId), entryId);
  }
}

/** What is asked for again is the same wish, until it was fulfilled; another choice is another. */
export function keyFor(before: Wish | null, choice: Choice): string {
  const isSame =
    before?.bookingId === null &&
    before.quantity === choice.quantity &&
    before.holderName === choice.holderName &&
    before.email === choice.email;
  return isSame ? before.key : `page-${randomId()}`;
}

/** One that is fulfilled already. */
export function bookingWish(bookingId: string): Wish {
  return { key: '', quantity: 1, holderName: '', email: '', asking: false, bookingId };
}

function set(kept: Kept, name: string, text: string | null): void {
  if (text === null) kept.removeItem(name);
  else kept.setItem(name, text);
}

function wishOf(eventId: string): string {
  return `boxoffice.wish.${eventId}`;
}

function waitingFor(eventId: string): string {
  return `boxoffice.waiting.${eventId}`;
}
