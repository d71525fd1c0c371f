import { type Client, createClient } from 'graphql-ws';
import type { Operation } from './operation.ts';
import { type FailureCode, RequestFailed } from './request-failed.ts';
import type { Session } from './session.ts';
import { Store } from './store.ts';

export type Connection = 'idle' | 'connected' | 'reconnecting';

export interface Watcher<Data> {
  next(data: Data): void;
  /** Nothing more comes. */
  complete?(): void;
  failed?(error: RequestFailed): void;
}

const PING_EVERY_MS = 10_000;
/** A phone in a tunnel keeps its socket open, and hears nothing. */
const PONG_WITHIN_MS = 5_000;
const ACK_WITHIN_MS = 8_000;
/** Of a socket that nobody needs: the next page may. */
const LINGER_MS = 2_000;
const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 8_000;

/** What a new token could change, and another try could not. */
const REFUSED = [4401, 4403];

/** Subscriptions of this page, over one socket that comes back by itself and is only open while something is watched. */
export class Watching {
  readonly connection = new Store<Connection>('idle');
  readonly #session: Session;
  #opened: Client | undefined;
  #pong: ReturnType<typeof setTimeout> | undefined;
  #watched = 0;

  constructor(session: Session) {
    this.#session = session;
    // Whoever has signed in is another to the box office, also for what is watched already.
    session.token.listen(() => this.#opened?.terminate());
  }

  /** A socket says for long nothing of a network that is gone: the browser may know sooner. */
  follow(): void {
    addEventListener('offline', () => {
      if (this.#watched > 0) this.connection.set('reconnecting');
    });
    addEventListener('online', () => this.#opened?.terminate());
  }

  /** @returns what ends it */
  watch<Data, Variables extends object>(
    query: Operation<Data, Variables>,
    variables: Variables,
    watcher: Watcher<Data>,
  ): () => void {
    let stopped = false;
    const ended = (tell: () => void) => {
      this.#watched -= 1;
      if (this.#watched === 0) this.connection.set('idle');
      if (!stopped) tell();
    };
    this.#watched += 1;
    const stop = this.#client().subscribe<Data>(
      { query, variables: variables as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (stopped) return;
          if (data) watcher.next(data);
          else if (errors) watcher.failed?.(failureOf(errors));
        },
        error: (problem) => ended(() => watcher.failed?.(failureOf(problem))),
        complete: () => ended(() => watcher.complete?.()),
      },
    );
    return () => {
      stopped = true;
      stop();
    };
  }

  #client(): Client {
    this.#opened ??= createClient({
      url: `${location.protocol.replace('http', 'ws')}//${location.host}/graphql`,
      connectionParams: () => this.#session.authorization(),
      lazyCloseTimeout: LINGER_MS,
      keepAlive: PING_EVERY_MS,
      connectionAckWaitTimeout: ACK_WITHIN_MS,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait,
      shouldRetry: (problem) => !isRefusal(problem),
      on: {
        connected: () => this.connection.set('connected'),
        closed: () => this.#closed(),
        ping: (received) => {
          if (!received) this.#pong = setTimeout(() => this.#opened?.terminate(), PONG_WITHIN_MS);
        },
        pong: (received) => {
          if (received) clearTimeout(this.#pong);
        },
      },
    });
    return this.#opened;
  }

  #closed(): void {
    clearTimeout(this.#pong);
    this.connection.set(this.#watched > 0 ? 'reconnecting' : 'idle');
  }
}

/** Sooner when the network says that it is back. */
async function retryWait(retries: number): Promise<void> {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries);
  // Thousands of pages lose their sockets in the same moment.
  const waitMs = longest * (0.5 + Math.random() / 2);
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    addEventListener('online', done);
  });
}

function isRefusal(problem: unknown): boolean {
  return problem instanceof CloseEvent && REFUSED.includes(problem.code);
}

function failureOf(problem: unknown): RequestFailed {
  if (isRefusal(problem)) return new RequestFailed('UNAUTHENTICATED', 'The token is not good any more');
  const first = Array.isArray(problem) ? (problem[0] as GraphqlError | undefined) : undefined;
  return new RequestFailed(first?.extensions?.code ?? 'NETWORK', first?.message ?? String(problem));
}

interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: FailureCode };
}
