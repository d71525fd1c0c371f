import type { TicketIssuer } from '../../src/issuance/ticket-issuer.ts';
import { SimulatedTicketIssuer } from '../../src/issuance/ticket-issuer.ts';

/** An issuer that a test can hold up or make fail. */
export class GatedIssuer implements TicketIssuer {
  readonly asked: string[] = [];
  readonly #real = new SimulatedTicketIssuer(0);
  #gate = Promise.resolve();
  #open = () => {};
  #failures = 0;

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

  async issue(booking: { reference: string; quantity: number }): Promise<string[]> {
    this.asked.push(booking.reference);
    await this.#gate;
    if (this.#failures > 0) {
      this.#failures--;
      throw new Error('SELECT secret FROM /etc/issuer: connection to 10.0.0.1 refused');
    }
    return this.#real.issue(booking);
  }
}
