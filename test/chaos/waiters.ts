import type { EventInSale } from '../support/booking-promises.ts';
import { pauseUnless } from '../support/eventually.ts';
import { type History, isOpen, type JoinAttempt } from './history.ts';
import type { Random } from './random.ts';
import { Requests } from './requests.ts';
import { APIS, type ApiName } from './schedule.ts';

const thinkMs = [20, 150] as const;
const payMs = [0, 2_500] as const;
const holdSeconds = [2, 6] as const;
const people = 8;
const maxTries = 8;

type Wish = Pick<JoinAttempt, 'eventId' | 'userId' | 'quantity'>;

/**
 * A crowd at few places: holds them for seconds, waits for them, confirms or leaves what it is offered, or lets it lapse, and
 * cancels what it has confirmed.
 */
export class Waiters {
  readonly #random: Random;
  readonly #events: readonly EventInSale[];
  readonly #requests: Requests;
  readonly #waiting: string[] = [];
  /** Nobody knows whether they are on a list; to join again is safe. */
  readonly #unanswered: Wish[] = [];
  readonly #confirmed: string[] = [];
  readonly #later = new Set<Promise<unknown>>();

  constructor(random: Random, events: readonly EventInSale[], urls: ReadonlyMap<ApiName, string>, history: History) {
    this.#random = random;
    this.#events = events;
    this.#requests = new Requests('waiters', urls, history);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: people }, (_, person) => this.#actOnAndOn(person, signal)));
    await Promise.all(this.#later);
    await this.#leaveAll();
  }

  /** What would be offered one after the other would have to end so as well, before all is done. */
  async #leaveAll(): Promise<void> {
    for (const wish of this.#unanswered.splice(0)) await this.#join(APIS[0], wish);
    for (const id of this.#waiting) {
      for (let tries = 1; tries <= maxTries && isOpen(await this.#requests.leave(APIS[0], id)); tries++);
    }
  }

  close(): void {
    this.#requests.close();
  }

  async #actOnAndOn(person: number, signal: AbortSignal): Promise<void> {
    for (let n = person; !signal.aborted; n += people) {
      const random = this.#random.fork(`act ${n}`);
      await this.#act(n, random, signal);
      await pauseUnless(signal, random.int(...thinkMs));
    }
  }

  async #act(n: number, random: Random, signal: AbortSignal): Promise<void> {
    const action = random.weighted({ hold: 30, join: 30, look: 30, leave: 3, cancel: 7 });
    const api = random.pick(APIS);
    const wish = { eventId: random.pick(this.#events).id, userId: `waiter-${n}`, quantity: random.int(1, 3) };
    if (action === 'hold') {
      await this.#requests.book(api, { ...wish, holdSeconds: random.int(...holdSeconds), idempotencyKey: `hold-${n}` });
    } else if (action === 'join') {
      await this.#join(api, wish);
    } else if (action === 'leave' && this.#waiting.length > 0) {
      await this.#requests.leave(api, random.pick(this.#waiting));
    } else if (action === 'cancel' && this.#confirmed.length > 0) {
      await this.#requests.cancel(api, random.pick(this.#confirmed), 'graphql');
    } else if (this.#waiting.length > 0) {
      await this.#lookAndPay(api, random, signal);
    }
  }

  async #join(api: ApiName, wish: Wish): Promise<void> {
    const attempt = await this.#requests.join(api, wish);
    if (attempt.outcome.kind === 'waiting') this.#waiting.push(attempt.outcome.id);
    if (isOpen(attempt)) this.#unanswered.push(wish);
  }

  /** Those who came first are looked at most: it is their turn. */
  async #lookAndPay(api: ApiName, random: Random, signal: AbortSignal): Promise<void> {
    const entryId = random.chance(0.7) ? (this.#waiting[0] as string) : random.pick(this.#waiting);
    const { outcome } = await this.#requests.lookAtEntry(api, entryId);
    if (outcome.kind !== 'entry' || outcome.status === 'WAITING') return;
    this.#waiting.splice(this.#waiting.indexOf(entryId), 1);
    const { bookingId, status } = outcome;
    if (status !== 'OFFERED' || bookingId === null || random.chance(0.3)) return;
    const paying = pauseUnless(signal, random.int(...payMs)).then(async () => {
      const leaves = random.chance(0.2);
      if (leaves) await this.#requests.leave(random.pick(APIS), entryId);
      const confirmed = leaves ? null : await this.#requests.confirm(random.pick(APIS), bookingId, 'graphql');
      if (confirmed?.outcome.kind === 'confirmed') this.#confirmed.push(bookingId);
      this.#later.delete(paying);
    });
    this.#later.add(paying);
  }
}
