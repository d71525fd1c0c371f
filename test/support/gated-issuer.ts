import { SimulatedTicketIssuer, type TicketIssuer } from '../../src/tickets/issue-tickets.ts';

type Verdict = 'issue' | 'fail';

/** An issuer that a test can hold up or make fail: for everybody, or for one booking by its reference. */
export class GatedIssuer implements TicketIssuer {
  readonly asked: string[] = [];
  readonly #real = new SimulatedTicketIssuer(0);
  readonly #gates = new Map<string, PromiseWithResolvers<Verdict>>();
  #gate = Promise.withResolvers<Verdict>();
  #failures = 0;
  #spoiled = 0;
  #spoil = (codes: string[]) => codes;

  constructor({ closed = false } = {}) {
    if (!closed) this.open();
  }

  close(): void {
    this.#gate = Promise.withResolvers();
  }

  /** Holds nothing any more, so that a worker can be closed. */
  open(): void {
    this.#gate.resolve('issue');
  }

  /** Lets this booking be finalized, also while it is closed. */
  release(reference: string): void {
    this.#gateOf(reference).resolve('issue');
  }

  /** Every attempt for this booking fails. */
  fail(reference: string): void {
    this.#gateOf(reference).resolve('fail');
  }

  failNext(times: number): void {
    this.#failures = times;
  }

  /** @param spoil what the issuer makes of the codes it should return */
  spoilNext(times: number, spoil: (codes: string[]) => string[]): void {
    this.#spoiled = times;
    this.#spoil = spoil;
  }

  async issue(booking: { reference: string; quantity: number }): Promise<string[]> {
    this.asked.push(booking.reference);
    const verdict = await Promise.race([this.#gate.promise, this.#gateOf(booking.reference).promise]);
    if (verdict === 'fail' || this.#failures > 0) {
      this.#failures--;
      throw new Error('SELECT secret FROM /etc/issuer: connection to 10.0.0.1 refused');
    }
    const codes = await this.#real.issue(booking);
    return this.#spoiled-- > 0 ? this.#spoil(codes) : codes;
  }

  #gateOf(reference: string): PromiseWithResolvers<Verdict> {
    const gate = this.#gates.get(reference) ?? Promise.withResolvers<Verdict>();
    this.#gates.set(reference, gate);
    return gate;
  }
}
