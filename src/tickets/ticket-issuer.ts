import { setTimeout as delay } from 'node:timers/promises';
import { randomCode } from '../platform/random-code.ts';

/** Makes the tickets of a booking. It may be slow, may fail, and may be asked again for the same booking. */
export interface TicketIssuer {
  /** @returns one unguessable code per place, the first for serial 1 */
  issue(booking: { readonly reference: string; readonly quantity: number }): Promise<string[]>;
}

/** 130 random bits. */
const RANDOM_LENGTH = 26;

export class SimulatedTicketIssuer implements TicketIssuer {
  readonly #delayMs: number;

  /** @param delayMs how long issuing one booking takes; 0 for at once */
  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  async issue({ quantity }: { readonly quantity: number }): Promise<string[]> {
    if (this.#delayMs > 0) await delay(this.#delayMs);
    return Array.from({ length: quantity }, () => randomCode(RANDOM_LENGTH));
  }
}
