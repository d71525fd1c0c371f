import type { TicketIssuer } from '../../src/tickets/issue-tickets.ts';

type Verdict = 'issue' | 'fail';

/** An issuer that keeps every booking PENDING until the test decides. */
export class HeldIssuer implements TicketIssuer {
  readonly #gates = new Map<string, PromiseWithResolvers<Verdict>>();
  readonly #asked = new Set<string>();
  #all: Verdict | null = null;

  async issue({ reference, quantity }: { readonly reference: string; readonly quantity: number }): Promise<string[]> {
    this.#asked.add(reference);
    const verdict = this.#all ?? (await this.#gate(reference).promise);
    if (verdict === 'fail') throw new Error('the printer is on fire');
    return Array.from({ length: quantity }, (_, i) => `${reference}-${i}`);
  }

  /** Whether a worker is at this booking. */
  asked(reference: string): boolean {
    return this.#asked.has(reference);
  }

  /** Lets this booking be finalized. */
  release(reference: string): void {
    this.#gate(reference).resolve('issue');
  }

  /** Every attempt for this booking fails. */
  fail(reference: string): void {
    this.#gate(reference).resolve('fail');
  }

  /** Holds nothing any more, so that a worker can be closed. */
  releaseAll(): void {
    this.#all = 'issue';
    for (const gate of this.#gates.values()) gate.resolve('issue');
  }

  #gate(reference: string): PromiseWithResolvers<Verdict> {
    const gate = this.#gates.get(reference) ?? Promise.withResolvers<Verdict>();
    this.#gates.set(reference, gate);
    return gate;
  }
}
