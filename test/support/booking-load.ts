import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface BookingInput {
  readonly eventId: string;
  readonly userId: string;
  readonly quantity?: number;
  readonly idempotencyKey?: string;
}

export type Outcome =
  | { readonly kind: 'booked'; readonly id: string; readonly reference: string }
  | { readonly kind: 'refused'; readonly code: string; readonly availableCount: number | null }
  /** A GraphQL error or an HTTP error. */
  | { readonly kind: 'failed'; readonly status: number; readonly code: string }
  /** Connection refused or closed. */
  | { readonly kind: 'unanswered'; readonly reason: string };

export interface Attempt {
  readonly url: string;
  readonly input: BookingInput;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
}

const BOOK = `mutation ($input: BookTicketInput!) { bookTicket(input: $input) { __typename
  ... on Booking { id reference } ... on BookingRefused { code availableCount } } }`;
const answerTimeoutMs = 30_000;

/** Books over a bounded number of connections and notes down whatever comes back. */
export class BookingClient {
  readonly #agent: Agent;

  constructor(maxSockets = 50) {
    this.#agent = new Agent({ keepAlive: true, maxSockets });
  }

  async book(url: string, input: BookingInput): Promise<Attempt> {
    const startedAt = performance.now();
    const outcome = await this.#send(url, input).catch(
      (error: Error & { code?: string }): Outcome => ({ kind: 'unanswered', reason: error.code ?? error.message }),
    );
    return { url, input, startedAt, endedAt: performance.now(), outcome };
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(url: string, input: BookingInput): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${url}/graphql`,
        {
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'application/json' },
          signal: AbortSignal.timeout(answerTimeoutMs),
        },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          response.on('error', reject);
          response.on('end', () => {
            try {
              resolve(outcomeOf(response.statusCode ?? 0, body));
            } catch (error) {
              reject(error);
            }
          });
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ query: BOOK, variables: { input } }));
    });
  }
}

/** Keeps booking, each time for a user and under a key of its own. A runner stays at one URL, so that none holds up another. */
export class BookingLoad {
  readonly attempts: Attempt[] = [];
  readonly #client = new BookingClient();
  readonly #runners: Promise<void>[];
  #stopped = false;
  #started = 0;

  /** @param pauseMs between two attempts of one of the `concurrency` runners */
  constructor(urls: readonly string[], eventId: string, { concurrency = 20, pauseMs = 20, maxAttempts = 20_000 } = {}) {
    this.#runners = Array.from({ length: concurrency }, async (_, runner) => {
      const url = urls[runner % urls.length] as string;
      while (!this.#stopped && this.#started < maxAttempts) {
        const number = ++this.#started;
        const input = {
          eventId,
          userId: `buyer-${number}`,
          quantity: (number % 3) + 1,
          idempotencyKey: `${eventId} ${number}`,
        };
        this.attempts.push(await this.#client.book(url, input));
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

/** How often each outcome occurred: `booked`, a refusal's or error's code, or `unanswered`. */
export function tally(attempts: readonly Attempt[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of attempts) {
    const name = 'code' in outcome ? outcome.code : outcome.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

interface Answer {
  data?: {
    bookTicket: { __typename: string; id: string; reference: string; code: string; availableCount: number | null };
  };
  errors?: { extensions?: { code?: string } }[];
}

function outcomeOf(status: number, body: string): Outcome {
  if (status !== 200) return { kind: 'failed', status, code: codeIn(body) ?? `HTTP ${status}` };
  const { data, errors } = JSON.parse(body) as Answer;
  if (errors || !data) return { kind: 'failed', status, code: errors?.[0]?.extensions?.code ?? 'NO_CODE' };
  const { __typename, id, reference, code, availableCount } = data.bookTicket;
  return __typename === 'Booking' ? { kind: 'booked', id, reference } : { kind: 'refused', code, availableCount };
}

function codeIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as Answer).errors?.[0]?.extensions?.code;
  } catch {
    return undefined;
  }
}
