import type { Told } from '../support/booking-client.ts';
import type { EventInSale } from '../support/booking-promises.ts';
import { pauseUnless } from '../support/eventually.ts';
import { type BookAttempt, type History, isOpen, type Wish } from './history.ts';
import type { Random } from './random.ts';
import { Requests } from './requests.ts';
import { APIS, type ApiName } from './schedule.ts';
import { Watcher } from './watcher.ts';

const usersPerClient = 10;
const thinkMs = [100, 600] as const;
const retryMs = [100, 900] as const;
const maxTries = 8;
const restShare = 0.25;
const keyedShare = 0.8;
const watchShare = 0.35;
const holdShare = 0.15;
/** So short that some end before their buyers confirm them, and all before the run does. */
const holdSeconds = [1, 4] as const;
const confirmShare = 0.7;
const payMs = [0, 2_500] as const;
/** A booking is watched from its answer on, or from some time after it, when it may long be final. */
const watchAfterMs = [0, 0, 0, 20, 100, 500, 3_000] as const;

export interface Sale {
  /** Enough places for everybody. */
  readonly roomy: readonly EventInSale[];
  readonly limitedPerUser: EventInSale;
  /** Few places; they come on sale one after the other. */
  readonly hot: readonly EventInSale[];
  readonly hotForMs: number;
  /** Its capacity goes up and down, between these. */
  readonly edited: EventInSale & { readonly leastCapacity: number };
  /** They come on sale as the hot ones do, and each is cancelled at its time. */
  readonly doomed: readonly (EventInSale & { readonly cancelAtMs: number })[];
  /** Few places, which are held for seconds; others wait for them. */
  readonly waitedFor: readonly EventInSale[];
}

interface Held {
  readonly wish: Wish;
  readonly booking: Told;
  cancelled: boolean;
}

/** A buyer who books, repeats, cancels and watches. What it does with its n-th wish depends on the seed and n alone. */
export class Client {
  readonly #name: string;
  readonly #number: number;
  readonly #random: Random;
  readonly #sale: Sale;
  readonly #history: History;
  readonly #requests: Requests;
  readonly #watcher: Watcher;
  readonly #booked: Held[] = [];
  readonly #unresolved: Wish[] = [];
  readonly #later = new Set<Promise<unknown>>();

  constructor(number: number, random: Random, sale: Sale, urls: ReadonlyMap<ApiName, string>, history: History) {
    this.#name = `client${number}`;
    this.#number = number;
    this.#random = random.fork(this.#name);
    this.#sale = sale;
    this.#history = history;
    this.#requests = new Requests(this.#name, urls, history);
    this.#watcher = new Watcher(this.#name, urls, history, this.#random.fork('watcher'));
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let n = 1; !signal.aborted; n++) {
      const random = this.#random.fork(`wish ${n}`);
      await this.#act(n, random, signal);
      await pauseUnless(signal, random.int(...thinkMs));
    }
    await Promise.all(this.#later);
  }

  /** Asks again for half of what it has no answer for, under the same keys; the rest stays unknown. */
  async settle(signal: AbortSignal): Promise<void> {
    for (const wish of this.#unresolved.splice(0)) {
      const random = this.#random.fork(`settle ${wish.idempotencyKey}`);
      if (random.chance(0.5)) await this.#book(wish, random, signal);
    }
  }

  get watching(): number {
    return this.#watcher.watching;
  }

  close(): void {
    this.#watcher.close();
    this.#requests.close();
  }

  async #act(n: number, random: Random, signal: AbortSignal): Promise<void> {
    const action = random.weighted({ book: 68, twins: 6, repeat: 10, cancel: 11, stats: 5 });
    const keyed = this.#booked.filter(({ wish }) => wish.idempotencyKey !== undefined);
    const held = this.#booked.filter(({ cancelled }) => !cancelled);
    if (action === 'stats') {
      const { id: eventId } = this.#anyEvent(random);
      await this.#requests.lookAtStats(random.pick(APIS), eventId);
    } else if (action === 'repeat' && keyed.length > 0) {
      const { wish } = random.pick(keyed);
      const other = { ...wish, quantity: wish.quantity + 1 };
      await this.#requests.book(random.pick(APIS), random.chance(0.8) ? wish : other);
    } else if (action === 'cancel' && held.length > 0) {
      await this.#cancel(random.pick(held), random, signal);
    } else if (action === 'twins') {
      const wish = this.#wish(n, random, true);
      await Promise.all(APIS.map((api) => this.#book(wish, random.fork(api), signal, api)));
    } else {
      await this.#book(this.#wish(n, random, random.chance(keyedShare)), random, signal);
    }
  }

  #wish(n: number, random: Random, keyed: boolean): Wish {
    return {
      eventId: this.#anyEvent(random).id,
      userId: `${this.#number * usersPerClient + random.int(0, usersPerClient - 1)}`,
      quantity: random.int(1, 4),
      // Every other one wants mails.
      ...(n % 2 === 0 && { email: `${this.#name}@buyers.example` }),
      ...(random.chance(holdShare) && { holdSeconds: random.int(...holdSeconds) }),
      ...(keyed && { idempotencyKey: `${this.#name}/wish${n}` }),
    };
  }

  #anyEvent(random: Random): EventInSale {
    const { roomy, limitedPerUser, hot, hotForMs, edited, doomed } = this.#sale;
    const current = Math.floor((performance.now() - this.#history.since) / hotForMs) % hot.length;
    const kind = random.weighted({ hot: 40, anyHot: 7, roomy: 28, limited: 11, edited: 6, doomed: 8 });
    if (kind === 'hot') return hot[current] as EventInSale;
    if (kind === 'limited') return limitedPerUser;
    if (kind === 'edited') return edited;
    if (kind === 'doomed') return doomed[current] as EventInSale;
    return random.pick(kind === 'roomy' ? roomy : hot);
  }

  /** Tries until it is told, as long as a repeat is safe: under a key, or after an answer that nothing was done. */
  async #book(wish: Wish, random: Random, signal: AbortSignal, firstApi = random.pick(APIS)): Promise<void> {
    const via = random.chance(restShare) ? 'rest' : 'graphql';
    let api = firstApi;
    let attempt: BookAttempt;
    for (let tries = 1; ; tries++) {
      attempt = await this.#requests.book(api, wish, via);
      const busy = attempt.outcome.kind === 'refused' && attempt.outcome.code === 'BUSY';
      const open = busy || (wish.idempotencyKey !== undefined && isOpen(attempt));
      if (!open || tries >= maxTries || signal.aborted || random.chance(0.05)) break;
      await pauseUnless(signal, random.int(...retryMs));
      api = random.pick(APIS);
    }
    if (isOpen(attempt) && wish.idempotencyKey !== undefined) this.#unresolved.push(wish);
    if (attempt.outcome.kind !== 'booked') return;
    const booking = attempt.outcome;
    if (!this.#booked.some(({ booking: { id } }) => id === booking.id)) {
      this.#booked.push({ wish, booking, cancelled: false });
    }
    if (random.chance(watchShare)) this.#watchSoon(booking.id, random.pick(watchAfterMs), signal);
    if (wish.holdSeconds !== undefined && random.chance(confirmShare)) this.#payAndConfirm(booking.id, random, signal);
  }

  #payAndConfirm(bookingId: string, random: Random, signal: AbortSignal): void {
    const via = random.chance(restShare) ? 'rest' : 'graphql';
    const confirming = pauseUnless(signal, random.int(...payMs)).then(async () => {
      for (let tries = 1; tries <= maxTries; tries++) {
        const attempt = await this.#requests.confirm(random.pick(APIS), bookingId, via);
        const busy = attempt.outcome.kind === 'refused' && attempt.outcome.code === 'BUSY';
        if (!(busy || isOpen(attempt)) || signal.aborted) break;
        await pauseUnless(signal, random.int(...retryMs));
      }
      this.#later.delete(confirming);
    });
    this.#later.add(confirming);
  }

  async #cancel(held: Held, random: Random, signal: AbortSignal): Promise<void> {
    held.cancelled = true;
    const via = random.chance(restShare) ? 'rest' : 'graphql';
    for (let tries = 1; tries <= maxTries; tries++) {
      const attempt = await this.#requests.cancel(random.pick(APIS), held.booking.id, via);
      if (!isOpen(attempt) || signal.aborted) return;
      await pauseUnless(signal, random.int(...retryMs));
    }
  }

  #watchSoon(bookingId: string, afterMs: number, signal: AbortSignal): void {
    const watched = pauseUnless(signal, afterMs).then(() => {
      this.#later.delete(watched);
      if (!signal.aborted) this.#watcher.watch(bookingId);
    });
    this.#later.add(watched);
  }
}
