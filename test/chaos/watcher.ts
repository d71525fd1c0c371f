import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { WATCH_BOOKING, type WatchedBooking } from '../support/booking-watch.ts';
import { describeWatch, type History, type Seen, type Watch } from './history.ts';
import type { Promises } from './promises.ts';
import type { Random } from './random.ts';
import type { ApiName } from './schedule.ts';
import type { BookingRow } from './stage.ts';

const IMPATIENT = { handshakeTimeout: 4_000, closeTimeout: 1_000 };
const ackTimeoutMs = 4_000;
const keptOpenMs = 60_000;
const reconnectMs = [100, 800] as const;
/** Below the 20 subscriptions that a socket may have. */
const maxOpen = 15;

class ImpatientWebSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, IMPATIENT);
  }
}

/**
 * Watches bookings over one WebSocket. When the socket is lost it takes another, of any API, and subscribes again to what
 * has not ended.
 */
export class Watcher {
  readonly #name: string;
  readonly #history: History;
  readonly #random: Random;
  readonly #client: Client;
  readonly #open = new Set<Watch>();
  #api: ApiName = 'api-1';
  #subscriptions = 0;
  #closed = false;

  constructor(name: string, urls: ReadonlyMap<ApiName, string>, history: History, random: Random) {
    this.#name = name;
    this.#history = history;
    this.#random = random;
    this.#client = createClient({
      url: () => {
        this.#api = random.pick([...urls.keys()]);
        return `${urls.get(this.#api)?.replace('http', 'ws')}/graphql`;
      },
      webSocketImpl: ImpatientWebSocket,
      connectionAckWaitTimeout: ackTimeoutMs,
      lazyCloseTimeout: keptOpenMs,
      // A lost socket ends its subscriptions, each of which is seen to here.
      retryAttempts: 0,
      on: { message: (frame) => history.noteLeaks(`what ${name} was sent by ${this.#api}`, JSON.stringify(frame)) },
    });
  }

  get watching(): number {
    return this.#open.size;
  }

  /** @returns null when this client watches enough already */
  watch(bookingId: string): Watch | null {
    if (this.#open.size >= maxOpen || this.#closed) return null;
    const name = `${this.#name}/${bookingId}`;
    const watch: Watch = { name, bookingId, since: performance.now(), seen: [], done: false };
    this.#history.watches.push(watch);
    this.#open.add(watch);
    this.#subscribe(watch);
    return watch;
  }

  close(): void {
    this.#closed = true;
    // It may be about to connect to an API that has ended.
    Promise.resolve(this.#client.dispose()).catch(() => undefined);
  }

  #subscribe(watch: Watch): void {
    if (this.#closed) return;
    const subscription = `${watch.name}/${++this.#subscriptions}`;
    const note = (kind: Seen['kind'], more: Pick<Seen, 'status' | 'version' | 'code'> = {}) => {
      watch.seen.push({ at: performance.now(), api: this.#api, subscription, kind, ...more });
    };
    const ended = (kind: Seen['kind'], code?: string) => {
      if (this.#closed) return;
      note(kind, code === undefined ? {} : { code });
      watch.done = watch.seen.some(({ status }) => isTerminal(status));
      if (watch.done) this.#open.delete(watch);
      else setTimeout(() => this.#subscribe(watch), this.#random.int(...reconnectMs));
    };
    const payload = { query: WATCH_BOOKING, variables: { id: watch.bookingId } };
    this.#client.subscribe<WatchedBooking>(payload, {
      next: ({ data, errors }) => {
        const shown = data?.bookingStatusChanged;
        if (errors) note('failed', { code: codeOf(errors) });
        else note('next', shown && { status: shown.status, version: shown.version });
      },
      error: (problem) => {
        const { code, message } = problem as { code?: number; message?: string };
        if (Array.isArray(problem)) ended('error', codeOf(problem));
        else ended('lost', `${code ?? message}`);
      },
      complete: () => ended('complete'),
    });
  }
}

function isTerminal(status: string | undefined): boolean {
  return ['FINALIZED', 'FAILED', 'CANCELLED', 'EXPIRED'].includes(`${status}`);
}

function codeOf([error]: readonly { readonly extensions?: { readonly code?: unknown } }[]): string {
  return String(error?.extensions?.code ?? 'NO_CODE');
}

/** What the watchers of bookings saw. */
export const watchPromises: Promises = {
  'a watcher sees the terminal status exactly once and last, and it is that of the row': ({ history, rows }) => {
    const stored = new Map(rows.map((row) => [row.id, row]));
    return history.watches.flatMap((watch) => {
      const problem = wrongWatch(watch, stored.get(watch.bookingId));
      return problem ? [`${problem}\n${describeWatch(history, watch)}`] : [];
    });
  },

  'a watcher is told of trouble as SERVICE_UNAVAILABLE and nothing else': ({ history }) =>
    history.watches
      .filter(({ seen }) => seen.some(({ code, kind }) => kind !== 'lost' && code && code !== 'SERVICE_UNAVAILABLE'))
      .map((watch) => describeWatch(history, watch)),
};

function wrongWatch({ seen, done }: Watch, row: BookingRow | undefined): string | null {
  const shown = seen.filter(({ kind }) => kind === 'next');
  const terminal = shown.filter(({ status }) => isTerminal(status));
  const [last] = terminal;
  if (!last) return 'it never saw a terminal status';
  if (terminal.length > 1 || shown.at(-1) !== last) return 'the terminal status was not the last';
  if (!done) return 'no complete came after the terminal status';
  const same = row?.status === last.status || row?.status === 'CANCELLED';
  if (!same || !row || row.version < (last.version ?? 0)) return `the row is ${JSON.stringify(row)}`;
  if (seen.some((event, i) => versionFell(event, seen[i - 1]))) return 'versions do not grow within a subscription';
  return seen.some((event, i) => event.kind === 'complete' && endedTooSoon(event, seen.slice(0, i)))
    ? 'it was completed without a terminal status'
    : null;
}

function versionFell(event: Seen, before: Seen | undefined): boolean {
  const pair = event.kind === 'next' && before?.kind === 'next' && event.subscription === before.subscription;
  return pair === true && (event.version ?? 0) <= (before?.version ?? 0);
}

/** A terminal value that could not be shown came as an error, and the watcher asked again. */
function endedTooSoon({ subscription }: Seen, before: readonly Seen[]): boolean {
  const own = before.filter((event) => event.subscription === subscription);
  return !own.some(({ kind, status }) => kind === 'failed' || isTerminal(status));
}
