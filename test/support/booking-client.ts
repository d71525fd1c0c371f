import { setTimeout as pause } from 'node:timers/promises';
import { type HttpAnswer, HttpClient, type HttpRequest } from './http-client.ts';

export interface BookingInput {
  readonly eventId: string;
  readonly userId: string;
  readonly quantity?: number;
  /** Attempts under the same one are repeats of one request. */
  readonly idempotencyKey?: string;
  readonly email?: string;
  /** The booking is HELD for so long. */
  readonly holdSeconds?: number;
}

export type Outcome =
  | ({ readonly kind: 'booked' } & Told)
  | { readonly kind: 'refused'; readonly code: string; readonly availableCount: number | null }
  /** A GraphQL error or an HTTP error. Something is wrong on the other side, and so may the outcome be. */
  | { readonly kind: 'failed'; readonly status: number; readonly code: string }
  /** Connection refused or closed, or nothing came in time. */
  | { readonly kind: 'unanswered'; readonly reason: string };

export type NotBooked = Exclude<Outcome, { kind: 'booked' }>;

/** What a buyer is told of a booking. */
export interface Told {
  readonly id: string;
  readonly reference: string;
  readonly eventId: string;
  readonly userId: string;
  readonly quantity: number;
}

/** Times are those of `performance.now()`. */
export interface Timed<T> {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: T;
}

export interface Attempt extends Timed<Outcome> {
  readonly url: string;
  readonly input: BookingInput;
}

export type Via = 'graphql' | 'rest';

const TOLD = 'id reference eventId userId quantity';
const BOOK = `mutation ($input: BookTicketInput!) { bookTicket(input: $input) { __typename
  ... on Booking { ${TOLD} } ... on BookingRefused { code availableCount } } }`;
const CANCEL = 'mutation ($id: ID!) { cancelBooking(id: $id) { id } }';
const REFUSALS = ['SOLD_OUT', 'NOT_ON_SALE', 'LIMIT_REACHED', 'EVENT_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED', 'BUSY'];
const NOT_CANCELLABLE = ['BAD_USER_INPUT', 'BOOKING_NOT_CANCELLABLE'];

interface BookingClientOptions {
  readonly maxSockets?: number;
  /** A client that has waited this long takes the outcome as unknown. */
  readonly timeoutMs?: number;
  /** Sees every answer before it is read. */
  readonly onAnswer?: (answer: HttpAnswer, asked: HttpRequest) => void;
}

/** Books over a bounded number of connections and notes down whatever comes back. */
export class BookingClient {
  readonly #http: HttpClient;
  readonly #onAnswer: BookingClientOptions['onAnswer'];

  constructor({ maxSockets = 50, timeoutMs = 30_000, onAnswer }: BookingClientOptions = {}) {
    this.#http = new HttpClient({ maxSockets, timeoutMs });
    this.#onAnswer = onAnswer;
  }

  async book(url: string, input: BookingInput, via: Via = 'graphql', headers = {}): Promise<Attempt> {
    const asked =
      via === 'rest' ? bookOverRest(input) : { path: '/graphql', body: { query: BOOK, variables: { input } } };
    return { url, input, ...(await this.ask(url, { ...asked, headers: { ...asked.headers, ...headers } }, bookingIn)) };
  }

  cancel(url: string, id: string, via: Via, headers = {}): Promise<Timed<NotBooked | { kind: 'cancelled' }>> {
    const overGraphql = { path: '/graphql', headers, body: { query: CANCEL, variables: { id } } };
    const asked = via === 'rest' ? { path: `/booking/${id}/cancel`, headers, body: {} } : overGraphql;
    return this.ask(url, asked, (answer) => failureIn(answer, NOT_CANCELLABLE) ?? { kind: 'cancelled' });
  }

  /** @param read what it is told */
  async ask<T>(url: string, asked: HttpRequest, read: (answer: HttpAnswer) => T): Promise<Timed<T | Unanswered>> {
    const startedAt = performance.now();
    const outcome = await this.#http
      .send(url, asked)
      .then((answer) => {
        this.#onAnswer?.(answer, asked);
        return read(answer);
      })
      .catch((error: Error & { code?: string }): Unanswered => {
        return { kind: 'unanswered', reason: error.code ?? error.message };
      });
    return { startedAt, endedAt: performance.now(), outcome };
  }

  close(): void {
    this.#http.close();
  }
}

type Unanswered = Extract<Outcome, { kind: 'unanswered' }>;
type Failure = Extract<Outcome, { kind: 'refused' | 'failed' }>;

function bookOverRest({ eventId, userId, quantity, idempotencyKey, email, holdSeconds }: BookingInput): HttpRequest {
  const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  const details = { quantity, email, hold_seconds: holdSeconds };
  return { path: '/book', headers, body: { event_id: Number(eventId), user_id: Number(userId), ...details } };
}

/** What a request to book was answered with. */
export function bookingIn(answer: HttpAnswer): Outcome {
  const failure = failureIn(answer, REFUSALS);
  if (failure) return failure;
  const { data, ...rest } = answer.body;
  const { code, availableCount, __typename, ...booking } = data?.bookTicket ?? {};
  if (__typename === 'BookingRefused') return { kind: 'refused', code, availableCount };
  if (__typename === 'Booking') return { kind: 'booked', ...booking };
  const { id, reference, event_id, user_id, quantity } = rest;
  return { kind: 'booked', id: `${id}`, reference, eventId: `${event_id}`, userId: `${user_id}`, quantity };
}

/** @param refusals codes that say no and mean it */
export function failureIn({ status, mediaType, text }: HttpAnswer, refusals: readonly string[] = []): Failure | null {
  const { errors, code, data, available_count = null } = parsed(text);
  if (status === 200 && !errors && data !== null) return null;
  const ofProblem = mediaType === 'application/problem+json' ? code : undefined;
  const told = errors?.[0]?.extensions?.code ?? ofProblem ?? (status === 200 ? 'NO_CODE' : `HTTP ${status}`);
  if (refusals.includes(told)) return { kind: 'refused', code: told, availableCount: available_count };
  return { kind: 'failed', status, code: told };
}

interface Body {
  data?: unknown;
  errors?: { extensions?: { code?: string } }[];
  code?: string;
  available_count?: number;
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return { data: null };
  }
}

const LOAD = {
  concurrency: 20,
  /** Between two attempts of one of the runners. */
  pauseMs: 250,
  maxAttempts: 20_000,
  headers: {},
  wish: (number: number): Pick<BookingInput, 'userId' | 'quantity'> => {
    return { userId: `buyer-${number}`, quantity: (number % 3) + 1 };
  },
};

/** Keeps booking, each time for a user and under a key of its own. A runner stays at one URL, so that none holds up another. */
export class BookingLoad {
  readonly attempts: Attempt[] = [];
  readonly #client = new BookingClient();
  readonly #runners: Promise<void>[];
  #stopped = false;
  #started = 0;

  constructor(urls: readonly string[], eventId: string, options: Partial<typeof LOAD> = {}) {
    const { concurrency, pauseMs, maxAttempts, headers, wish } = { ...LOAD, ...options };
    this.#runners = Array.from({ length: concurrency }, async (_, runner) => {
      const url = urls[runner % urls.length] as string;
      while (!this.#stopped && this.#started < maxAttempts) {
        const number = ++this.#started;
        const input = { eventId, idempotencyKey: `${eventId} ${number}`, ...wish(number) };
        this.attempts.push(await this.#client.book(url, input, 'graphql', headers));
        await pause(pauseMs);
      }
    });
  }

  get booked(): Attempt[] {
    return this.attempts.filter(({ outcome }) => outcome.kind === 'booked');
  }

  /** @returns all attempts, each with its outcome */
  async stop(): Promise<Attempt[]> {
    this.#stopped = true;
    await Promise.all(this.#runners);
    this.#client.close();
    return this.attempts;
  }
}

/** `booked`, a refusal's or error's code, or `unanswered`. */
export function nameOf(outcome: Outcome): string {
  return 'code' in outcome ? outcome.code : outcome.kind;
}

/** How often each outcome occurred. */
export function tally(attempts: readonly Attempt[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of attempts) counts[nameOf(outcome)] = (counts[nameOf(outcome)] ?? 0) + 1;
  return counts;
}
