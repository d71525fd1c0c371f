import type { TicketIssuer } from '../../src/tickets/issue-tickets.ts';
import { SimulatedTicketIssuer } from '../../src/tickets/issue-tickets.ts';

/** An issuer that a test can hold up or make fail. */
export class GatedIssuer implements TicketIssuer {
  readonly asked: string[] = [];
  readonly #real = new SimulatedTicketIssuer(0);
  #gate = Promise.resolve();
  #open = () => {};
  #failures = 0;
  #spoiled = 0;
  #spoil = (codes: string[]) => codes;

  close(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    this.#open = resolve;
  }

  open(): void {
    this.#open();
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
    await this.#gate;
    if (this.#failures > 0) {
      this.#failures--;
      throw new Error('SELECT secret FROM /etc/issuer: connection to 10.0.0.1 refused');
    }
    const codes = await this.#real.issue(booking);
    return this.#spoiled-- > 0 ? this.#spoil(codes) : codes;
  }
}
