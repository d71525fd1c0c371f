import { setTimeout as delay } from 'node:timers/promises';
import { randomCode } from '../platform/random-code.ts';

/** Longer than any ISSUANCE_DELAY_MS. An issuer that has not answered by then has failed. */
export const MAX_ISSUANCE_MS = 900_000;
/** As long as the column of the codes. */
export const MAX_CODE_LENGTH = 64;

export type Issuance =
  | { readonly kind: 'issued'; readonly codes: readonly string[] }
  /** The issuer's own fault, which uses up an attempt. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** Asks the issuer, and takes nothing from it that is not exactly one code of its own for each place. */
export async function issueTickets(
  issuer: TicketIssuer,
  booking: Parameters<TicketIssuer['issue']>[0],
): Promise<Issuance> {
  let patience: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    patience = setTimeout(() => reject(new Error('the issuer does not answer')), MAX_ISSUANCE_MS).unref();
  });
  try {
    const codes = await Promise.race([issuer.issue(booking), tooLate]);
    assertOnePerPlace(codes, booking.quantity);
    return { kind: 'issued', codes };
  } catch (error) {
    return { kind: 'failed', error };
  } finally {
    clearTimeout(patience);
  }
}

function assertOnePerPlace(codes: unknown, places: number): asserts codes is string[] {
  const isCode = (code: unknown) => typeof code === 'string' && code.length > 0 && code.length <= MAX_CODE_LENGTH;
  if (!Array.isArray(codes) || !codes.every(isCode)) throw new Error('the issuer returned something that is no code');
  const distinct = new Set(codes).size;
  if (codes.length !== places || distinct !== places) {
    throw new Error(`the issuer returned ${codes.length} codes, ${distinct} of them different, for ${places} places`);
  }
}

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
