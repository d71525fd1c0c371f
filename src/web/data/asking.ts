import type { Operation } from './operation.ts';
import { type FailureCode, RequestFailed } from './request-failed.ts';
import type { ServerClock } from './server-clock.ts';
import type { Session } from './session.ts';

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: FailureCode; readonly retryAfterMs?: number };
  }[];
}

/** The box office answers within 4 s; what is silent for longer is gone. */
const TIMEOUT_MS = 8_000;
const RETRY_AFTER_MS = 3_000;
/** Of the Date header. */
const SECOND_MS = 1_000;

/** Queries and mutations. */
export class Asking {
  readonly #session: Session;
  readonly #clock: ServerClock;

  constructor(session: Session, clock: ServerClock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** @throws RequestFailed, or the signal's reason */
  async ask<Data, Variables>(
    query: Operation<Data, Variables>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Data> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const askedAtMs = Date.now();
    try {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...this.#session.authorization() },
        body: JSON.stringify({ query, variables }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        cache: 'no-store',
      });
      this.#readClock(response, askedAtMs);
      return dataOf((await response.json()) as Answer<Data>);
    } catch (error) {
      if (error instanceof RequestFailed) throw error;
      signal?.throwIfAborted();
      throw new RequestFailed('NETWORK', String(error), RETRY_AFTER_MS);
    }
  }

  #readClock({ headers }: Response, askedAtMs: number): void {
    const serverMs = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(serverMs)) return;
    this.#clock.observe({ serverMs, precisionMs: SECOND_MS, askedAtMs, answeredAtMs: Date.now() });
  }
}

function dataOf<Data>({ data, errors }: Answer<Data>): Data {
  const error = errors?.[0];
  if (!error && data) return data;
  const code = error?.extensions?.code ?? 'INTERNAL_SERVER_ERROR';
  const mayHelp = code === 'RATE_LIMITED' || code === 'SERVICE_UNAVAILABLE';
  const retryAfterMs = mayHelp ? (error?.extensions?.retryAfterMs ?? RETRY_AFTER_MS) : null;
  throw new RequestFailed(code, error?.message ?? 'No data', retryAfterMs);
}
