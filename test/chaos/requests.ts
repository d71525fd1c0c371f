import { Agent, request } from 'node:http';
import type { Asked, Attempt, History, Numbers, Outcome, Told } from './history.ts';
import { leakIn } from './leaks.ts';
import type { ApiName } from './schedule.ts';

/** A client that has waited this long takes the outcome as unknown. */
const patienceMs = 15_000;
const REFUSALS = new Set([
  'SOLD_OUT',
  'NOT_ON_SALE',
  'LIMIT_REACHED',
  'EVENT_NOT_FOUND',
  'IDEMPOTENCY_KEY_REUSED',
  'BUSY',
]);
const NOT_CANCELLABLE = new Set(['BAD_USER_INPUT', 'BOOKING_NOT_CANCELLABLE']);

const BOOKING = 'id reference eventId userId quantity status';
const BOOK = `mutation ($input: BookTicketInput!) { bookTicket(input: $input) { __typename
  ... on Booking { ${BOOKING} } ... on BookingRefused { code availableCount } } }`;
const CANCEL = `mutation ($id: ID!) { cancelBooking(id: $id) { ${BOOKING} } }`;
const STATS = `query ($id: ID!) { eventStats(eventId: $id) {
  capacity bookedCount availableCount pendingCount finalizedCount } }`;

interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** Sends the requests of one client and notes down each with its answer. */
export class Requests {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #history: History;
  readonly #urls: ReadonlyMap<ApiName, string>;
  readonly #client: string;
  #sent = 0;

  constructor(client: string, urls: ReadonlyMap<ApiName, string>, history: History) {
    this.#client = client;
    this.#urls = urls;
    this.#history = history;
  }

  async send(api: ApiName, asked: Asked, via: Attempt['via'] = 'graphql'): Promise<Attempt> {
    const id = `${this.#client}-${++this.#sent}`;
    const from = performance.now();
    const outcome = await this.#post(
      `${this.#urls.get(api)}`,
      id,
      via === 'rest' ? overRest(asked) : overGraphql(asked),
    )
      .then(({ status, text }) => {
        const leak = leakIn(text);
        if (leak !== null) this.#history.leaks.push(`request ${id} to ${api} was answered with ${leak}: ${text}`);
        return via === 'rest' ? fromRest(asked, status, text) : fromGraphql(asked, status, text);
      })
      .catch((error: Error & { code?: string }): Outcome => ({ kind: 'unknown', reason: error.code ?? error.message }));
    const attempt = { id, api, via, asked, from, to: performance.now(), outcome };
    this.#history.attempts.push(attempt);
    return attempt;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(url: string, id: string, { path, headers, body }: Sent): Promise<{ status: number; text: string }> {
    const signal = AbortSignal.timeout(patienceMs);
    return new Promise((resolve, reject) => {
      const sent = request(
        url + path,
        {
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'application/json', 'x-request-id': id, ...headers },
          signal,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          response.on('error', reject);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      sent.on('error', (error) => reject(signal.aborted ? new Error('no answer in time') : error));
      sent.end(JSON.stringify(body));
    });
  }
}

function overGraphql(asked: Asked): Sent {
  const post = (query: string, variables: unknown) => ({ path: '/graphql', headers: {}, body: { query, variables } });
  if (asked.action === 'cancel') return post(CANCEL, { id: asked.bookingId });
  if (asked.action === 'stats') return post(STATS, { id: asked.eventId });
  const { eventId, userId, quantity, key } = asked.wish;
  return post(BOOK, { input: { eventId, userId, quantity, ...(key !== null && { idempotencyKey: key }) } });
}

function overRest(asked: Asked): Sent {
  if (asked.action === 'stats') return overGraphql(asked);
  if (asked.action === 'cancel') return { path: `/booking/${asked.bookingId}/cancel`, headers: {}, body: {} };
  const { eventId, userId, quantity, key } = asked.wish;
  return {
    path: '/book',
    headers: key === null ? {} : { 'idempotency-key': key },
    body: { event_id: Number(eventId), user_id: Number(userId), quantity },
  };
}

function fromGraphql({ action }: Asked, status: number, text: string): Outcome {
  type Booked = Told & { __typename: string; code: string; availableCount: number | null };
  const { data, errors } = JSON.parse(text) as {
    data?: { bookTicket?: Booked; cancelBooking?: Told; eventStats?: Numbers | null } | null;
    errors?: { extensions?: { code?: string } }[];
  };
  if (errors || !data) return failed(action, status, errors?.[0]?.extensions?.code ?? `no code in ${text}`);
  if (action === 'stats') return { kind: 'accepted', numbers: data.eventStats ?? null };
  if (data.bookTicket?.__typename === 'BookingRefused') {
    return { kind: 'refused', code: data.bookTicket.code, availableCount: data.bookTicket.availableCount };
  }
  return { kind: 'accepted', booking: (data.bookTicket ?? data.cancelBooking) as Told };
}

function fromRest({ action }: Asked, status: number, text: string): Outcome {
  const body = JSON.parse(text);
  if (status !== 200) return failed(action, status, body.code ?? `no code in ${text}`, body.available_count ?? null);
  const { id, reference, event_id, user_id, quantity, status: state } = body;
  const booking = { reference, quantity, status: state };
  return { kind: 'accepted', booking: { ...booking, id: `${id}`, eventId: `${event_id}`, userId: `${user_id}` } };
}

function failed(action: string, status: number, code: string, availableCount: number | null = null): Outcome {
  const refused = action === 'book' ? REFUSALS : NOT_CANCELLABLE;
  return refused.has(code) ? { kind: 'refused', code, availableCount } : { kind: 'error', code, status };
}
