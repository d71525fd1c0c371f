import { WebSocket } from 'ws';
import { describeWatch, type History, type Seen, type Watch } from './history.ts';
import { leakIn } from './leaks.ts';
import type { Promises } from './promises.ts';
import type { Random } from './random.ts';
import { APIS, type ApiName } from './schedule.ts';
import type { BookingRow } from './stage.ts';

const QUERY = `subscription ($id: ID!) {
  bookingStatusChanged(bookingId: $id) { id status version tickets { serial } } }`;
const handshakeTimeoutMs = 4_000;
const ackTimeoutMs = 4_000;
const reconnectMs = [100, 800] as const;
/** Below the 20 subscriptions that a socket may have. */
const maxOpen = 15;

interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: {
    data?: { bookingStatusChanged: { status: string; version: number } } | null;
    errors?: { extensions?: { code?: string } }[];
  } & { extensions?: { code?: string } }[];
}

/**
 * Watches bookings over one WebSocket, speaking graphql-transport-ws by hand so that every frame is seen. When the
 * socket is lost it takes another, of any API, and subscribes again to what has not ended.
 */
export class Watcher {
  readonly #client: string;
  readonly #urls: ReadonlyMap<ApiName, string>;
  readonly #history: History;
  readonly #random: Random;
  readonly #open = new Map<string, Watch>();
  #socket: WebSocket | null = null;
  #api: ApiName;
  #acknowledged = false;
  #subscriptions = 0;
  #closed = false;

  constructor(client: string, urls: ReadonlyMap<ApiName, string>, history: History, random: Random) {
    this.#client = client;
    this.#urls = urls;
    this.#history = history;
    this.#random = random;
    this.#api = random.pick(APIS);
  }

  get watching(): number {
    return this.#open.size;
  }

  /** @returns null when this client watches enough already */
  watch(bookingId: string, api?: ApiName): Watch | null {
    if (this.#open.size >= maxOpen || this.#closed) return null;
    const watch: Watch = {
      name: `${this.#client}/${bookingId}`,
      bookingId,
      since: performance.now(),
      subscription: '',
      seen: [],
      done: false,
    };
    this.#history.watches.push(watch);
    this.#subscribe(watch, api);
    return watch;
  }

  close(): void {
    this.#closed = true;
    this.#socket?.terminate();
  }

  #connect(api: ApiName): void {
    this.#api = api;
    const url = `${this.#urls.get(api)?.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', { handshakeTimeout: handshakeTimeoutMs });
    this.#socket = socket;
    this.#acknowledged = false;
    const noAck = setTimeout(() => socket.terminate(), handshakeTimeoutMs + ackTimeoutMs);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const text = String(data);
      const leak = leakIn(text);
      if (leak !== null) this.#history.leaks.push(`${this.#client} was sent ${leak} by ${api}: ${text}`);
      this.#receive(JSON.parse(text) as Frame, noAck);
    });
    socket.on('close', (code, reason) => {
      clearTimeout(noAck);
      if (!this.#closed) this.#lost(`${code} ${reason}`);
    });
  }

  #receive({ type, id, payload }: Frame, noAck: NodeJS.Timeout): void {
    if (type === 'connection_ack') {
      clearTimeout(noAck);
      this.#acknowledged = true;
      for (const watch of [...this.#open.values()]) this.#subscribe(watch);
      return;
    }
    if (type === 'ping') return void this.#socket?.send(JSON.stringify({ type: 'pong' }));
    const watch = id === undefined ? undefined : this.#open.get(id);
    if (!watch) return;
    if (type === 'next' && payload?.errors) this.#note(watch, 'failed', { code: codeOf(payload.errors) });
    else if (type === 'next') this.#note(watch, 'next', payload?.data?.bookingStatusChanged ?? {});
    else if (type === 'error') this.#note(watch, 'error', { code: codeOf(payload ?? []) });
    else if (type === 'complete') this.#note(watch, 'complete', {});
    if (type === 'next') return;
    this.#open.delete(id as string);
    if (sawTerminal(watch)) watch.done = true;
    else this.#later(() => this.#subscribe(watch));
  }

  #subscribe(watch: Watch, api = this.#random.pick(APIS)): void {
    for (const [id, open] of this.#open) if (open === watch) this.#open.delete(id);
    const id = `${watch.name}/${++this.#subscriptions}`;
    this.#open.set(id, watch);
    if (!this.#socket) this.#connect(api);
    if (!this.#acknowledged) return;
    watch.subscription = id;
    const message = { type: 'subscribe', id, payload: { query: QUERY, variables: { id: watch.bookingId } } };
    this.#socket?.send(JSON.stringify(message));
  }

  #lost(code: string): void {
    this.#socket = null;
    this.#acknowledged = false;
    for (const [id, watch] of [...this.#open]) {
      this.#note(watch, 'lost', { code });
      watch.done = sawTerminal(watch);
      if (watch.done) this.#open.delete(id);
    }
    if (this.#open.size > 0) this.#later(() => this.#socket ?? this.#connect(this.#random.pick(APIS)));
  }

  #later(then: () => void): void {
    setTimeout(
      () => {
        if (!this.#closed) then();
      },
      this.#random.int(...reconnectMs),
    );
  }

  #note(watch: Watch, kind: Seen['kind'], more: Partial<Seen>): void {
    const { status, version, code } = more;
    watch.seen.push({
      at: performance.now(),
      api: this.#api,
      subscription: watch.subscription,
      kind,
      ...(status !== undefined && { status }),
      ...(version !== undefined && { version }),
      ...(code !== undefined && { code }),
    });
  }
}

function isTerminal(status: string | undefined): boolean {
  return status === 'FINALIZED' || status === 'FAILED' || status === 'CANCELLED';
}

function sawTerminal({ seen }: Watch): boolean {
  return seen.some(({ kind, status }) => kind === 'next' && isTerminal(status));
}

function codeOf(errors: readonly { extensions?: { code?: string } }[]): string {
  return errors[0]?.extensions?.code ?? 'NO_CODE';
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
    history.watches.flatMap((watch) => {
      const wrong = watch.seen.some(({ code, kind }) => kind !== 'lost' && code && code !== 'SERVICE_UNAVAILABLE');
      return wrong ? [describeWatch(history, watch)] : [];
    }),
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
