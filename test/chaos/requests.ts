import { BookingClient, failureIn, type Via } from '../support/booking-client.ts';
import { STATS } from '../support/graphql-client.ts';
import type { BookAttempt, CancelAttempt, History, Sent, Wish } from './history.ts';
import type { ApiName } from './schedule.ts';

const timeoutMs = 15_000;

/** Sends the requests of one client and notes down each with its answer. */
export class Requests {
  readonly #client: BookingClient;
  readonly #history: History;
  readonly #urls: ReadonlyMap<ApiName, string>;
  readonly #name: string;
  #sent = 0;

  constructor(name: string, urls: ReadonlyMap<ApiName, string>, history: History) {
    this.#name = name;
    this.#urls = urls;
    this.#history = history;
    this.#client = new BookingClient({
      maxSockets: Number.POSITIVE_INFINITY,
      timeoutMs,
      onAnswer: ({ text }, asked) => history.noteLeaks(`the answer to ${JSON.stringify(asked)}`, text),
    });
  }

  async book(api: ApiName, wish: Wish, via: Via = 'graphql'): Promise<BookAttempt> {
    const { sent, url, headers } = this.#next(api, via);
    const attempt = { ...sent, ...(await this.#client.book(url, wish, via, headers)) };
    this.#history.bookings.push(attempt);
    return attempt;
  }

  async cancel(api: ApiName, bookingId: string, via: Via): Promise<CancelAttempt> {
    const { sent, url, headers } = this.#next(api, via);
    const attempt = { ...sent, bookingId, ...(await this.#client.cancel(url, bookingId, via, headers)) };
    this.#history.cancels.push(attempt);
    return attempt;
  }

  async lookAtStats(api: ApiName, eventId: string): Promise<void> {
    const { sent, url, headers } = this.#next(api, 'graphql');
    const asked = { path: '/graphql', headers, body: { query: STATS, variables: { eventId } } };
    const seen = await this.#client.ask(url, asked, (answer) => {
      return failureIn(answer) ?? { kind: 'seen' as const, numbers: answer.body.data.eventStats };
    });
    this.#history.looks.push({ ...sent, eventId, ...seen });
  }

  close(): void {
    this.#client.close();
  }

  #next(api: ApiName, via: Via): { sent: Sent; url: string; headers: Record<string, string> } {
    const id = `${this.#name}-${++this.#sent}`;
    return { sent: { id, api, via }, url: `${this.#urls.get(api)}`, headers: { 'x-request-id': id } };
  }
}
