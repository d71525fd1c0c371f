import { SimulatedTicketIssuer, type TicketIssuer } from '../../../src/tickets/issue-tickets.ts';

/** As in the examples of our document. */
const EXAMPLE = '7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ';

/** The first ticket has the code that requests are made of; the others are as usual. */
export class ExampleIssuer implements TicketIssuer {
  readonly #usual = new SimulatedTicketIssuer(0);
  #issued = false;

  async issue(booking: { readonly quantity: number }): Promise<string[]> {
    const codes = await this.#usual.issue(booking);
    if (this.#issued) return codes;
    this.#issued = true;
    return [EXAMPLE, ...codes.slice(1)];
  }
}
