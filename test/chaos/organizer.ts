import { pauseUnless } from '../support/eventually.ts';
import type { Sale } from './clients.ts';
import type { History } from './history.ts';
import type { Random } from './random.ts';
import { Requests } from './requests.ts';
import { APIS, type ApiName } from './schedule.ts';

const thinkMs = [200, 700] as const;
const twinShare = 0.3;
const restShare = 0.4;
/** Of a cancellation whose outcome is unknown, which is safe to repeat. */
const maxTries = 20;

/** Edits one event over and over, now and then from both sides at once, and cancels others when their time has come. */
export class Organizer {
  readonly #random: Random;
  readonly #sale: Sale;
  readonly #history: History;
  readonly #requests: Requests;

  constructor(random: Random, sale: Sale, urls: ReadonlyMap<ApiName, string>, history: History) {
    this.#random = random;
    this.#sale = sale;
    this.#history = history;
    this.#requests = new Requests('organizer', urls, history);
  }

  async run(signal: AbortSignal): Promise<void> {
    const doomed = [...this.#sale.doomed];
    for (let n = 1; !signal.aborted; n++) {
      const random = this.#random.fork(`act ${n}`);
      const [next] = doomed;
      if (next && performance.now() - this.#history.since >= next.cancelAtMs) {
        await this.#cancel(next.id, random, signal);
        doomed.shift();
      } else {
        await this.#edit(random);
      }
      await pauseUnless(signal, random.int(...thinkMs));
    }
  }

  close(): void {
    this.#requests.close();
  }

  async #edit(random: Random): Promise<void> {
    const { id: eventId, leastCapacity, capacity: most } = this.#sale.edited;
    const seen = await this.#requests.lookAtEvent(random.pick(APIS), eventId);
    if (!seen) return;
    const via = random.chance(restShare) ? 'rest' : 'graphql';
    const apis = random.chance(twinShare) ? APIS : [random.pick(APIS)];
    await Promise.all(
      apis.map((api) => {
        const capacity = Math.max(leastCapacity, Math.min(most, seen.bookedCount + random.int(-5, 15)));
        return this.#requests.edit(api, { eventId, expectedVersion: seen.version, capacity }, via);
      }),
    );
  }

  async #cancel(id: string, random: Random, signal: AbortSignal): Promise<void> {
    for (let tries = 1; tries <= maxTries; tries++) {
      const via = random.chance(restShare) ? 'rest' : 'graphql';
      const { outcome } = await this.#requests.cancelEvent(random.pick(APIS), id, via);
      if (outcome.kind === 'cancelled' || signal.aborted) return;
      await pauseUnless(signal, random.int(...thinkMs));
    }
  }
}
