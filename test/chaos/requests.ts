import { CHECK_IN_REFUSAL_CODES } from '../../src/door/check-in-refusals.ts';
import { BookingClient, failureIn, type Via } from '../support/booking-client.ts';
import type { HttpAnswer, HttpRequest } from '../support/http-client.ts';
import type {
  BookAttempt,
  CancelAttempt,
  ConfirmAttempt,
  EditAttempt,
  EntryAttempt,
  EventCancelAttempt,
  History,
  JoinAttempt,
  Scan,
  ScanAttempt,
  Sent,
  ToldEntry,
  Wish,
} from './history.ts';
import type { ApiName } from './schedule.ts';

const timeoutMs = 15_000;
const STATS = `query ($eventId: ID!) { eventStats(eventId: $eventId) {
  capacity bookedCount availableCount heldCount pendingCount finalizedCount } }`;
const CONFIRM = `mutation ($id: ID!, $key: String!) { confirmBooking(id: $id, idempotencyKey: $key) {
  __typename ... on BookingRefused { code } } }`;
const CONFIRM_REFUSALS = ['HOLD_EXPIRED', 'NOT_HELD', 'NOT_ON_SALE', 'BUSY'];
const LOOK = 'query ($id: ID!) { event(id: $id) { version bookedCount } }';
const EDIT = `mutation ($id: ID!, $version: Int!, $input: UpdateEventInput!) {
  updateEvent(id: $id, expectedVersion: $version, input: $input) {
    __typename ... on Event { version } ... on EventUpdateRefused { code } } }`;
const CANCEL_EVENT = 'mutation ($id: ID!) { cancelEvent(id: $id, reason: "chaos") { status } }';
const TICKETS = 'query ($id: ID!) { booking(id: $id) { tickets { code } } }';
const CHECK_IN = `mutation ($input: CheckInInput!) {
  checkIn(input: $input) { __typename ... on CheckInRefused { code } } }`;
const ENTRY = 'id eventId userId quantity status booking { id }';
const JOIN = `mutation ($input: JoinWaitingListInput!) { joinWaitingList(input: $input) {
  __typename ... on WaitingListEntry { ${ENTRY} } ... on BookingRefused { code availableCount } } }`;
const LEAVE = `mutation ($id: ID!) { leaveWaitingList(id: $id) { ${ENTRY} } }`;
const LOOK_AT_ENTRY = `query ($id: ID!) { waitingListEntry(id: $id) { ${ENTRY} } }`;
const JOIN_REFUSALS = ['PLACES_AVAILABLE', 'LIMIT_REACHED', 'NOT_ON_SALE', 'BUSY'];
const EDIT_REFUSALS = ['VERSION_CONFLICT', 'CAPACITY_BELOW_BOOKED'];

export type Edit = Pick<EditAttempt, 'eventId' | 'expectedVersion' | 'capacity'>;

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

  async confirm(api: ApiName, bookingId: string, via: Via): Promise<ConfirmAttempt> {
    const { sent, url, headers } = this.#next(api, via);
    const key = `pay ${bookingId}`;
    const asked =
      via === 'rest'
        ? { path: `/booking/${bookingId}/confirm`, headers: { ...headers, 'idempotency-key': key }, body: {} }
        : { path: '/graphql', headers, body: { query: CONFIRM, variables: { id: bookingId, key } } };
    const attempt = {
      ...sent,
      bookingId,
      ...(await this.#client.ask(url, asked, (answer) => {
        return outcomeIn(answer, CONFIRM_REFUSALS, 'confirmed' as const);
      })),
    };
    this.#history.confirms.push(attempt);
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

  /** @returns null when there is no answer */
  async lookAtEvent(api: ApiName, id: string): Promise<{ version: number; bookedCount: number } | null> {
    const { url, headers } = this.#next(api, 'graphql');
    const asked = { path: '/graphql', headers, body: { query: LOOK, variables: { id } } };
    const { outcome } = await this.#client.ask(url, asked, (answer) => {
      return failureIn(answer) ?? { kind: 'seen' as const, event: answer.body.data.event };
    });
    return outcome.kind === 'seen' ? outcome.event : null;
  }

  async edit(api: ApiName, { eventId, expectedVersion, capacity }: Edit, via: Via): Promise<EditAttempt> {
    const { sent, url, headers } = this.#next(api, via);
    const body = { expected_version: expectedVersion, capacity };
    const variables = { id: eventId, version: expectedVersion, input: { capacity } };
    const asked: HttpRequest =
      via === 'rest'
        ? { method: 'PATCH', path: `/event/${eventId}`, headers, body }
        : { path: '/graphql', headers, body: { query: EDIT, variables } };
    const attempt = { ...sent, eventId, expectedVersion, capacity, ...(await this.#client.ask(url, asked, editIn)) };
    this.#history.edits.push(attempt);
    return attempt;
  }

  async cancelEvent(api: ApiName, eventId: string, via: Via): Promise<EventCancelAttempt> {
    const { sent, url, headers } = this.#next(api, via);
    const asked =
      via === 'rest'
        ? { path: `/event/${eventId}/cancel`, headers, body: { reason: 'chaos' } }
        : { path: '/graphql', headers, body: { query: CANCEL_EVENT, variables: { id: eventId } } };
    const answered = await this.#client.ask(url, asked, (answer) => {
      return failureIn(answer) ?? { kind: 'cancelled' as const };
    });
    const attempt = { ...sent, eventId, ...answered };
    this.#history.eventCancels.push(attempt);
    return attempt;
  }

  async join(api: ApiName, wish: Pick<JoinAttempt, 'eventId' | 'userId' | 'quantity'>): Promise<JoinAttempt> {
    const { sent, url, headers } = this.#next(api, 'graphql');
    const asked = { path: '/graphql', headers, body: { query: JOIN, variables: { input: wish } } };
    const answered = await this.#client.ask(url, asked, (answer) => {
      const failure = failureIn(answer, JOIN_REFUSALS);
      if (failure) return failure;
      const { code, availableCount, ...entry } = answer.body.data.joinWaitingList;
      return code ? { kind: 'refused' as const, code, availableCount } : { kind: 'waiting' as const, ...told(entry) };
    });
    const attempt = { ...sent, ...wish, ...answered };
    this.#history.joins.push(attempt);
    return attempt;
  }

  async leave(api: ApiName, entryId: string): Promise<EntryAttempt> {
    const attempt = await this.#aboutEntry(api, entryId, LEAVE);
    this.#history.leaves.push(attempt);
    return attempt;
  }

  async lookAtEntry(api: ApiName, entryId: string): Promise<EntryAttempt> {
    const attempt = await this.#aboutEntry(api, entryId, LOOK_AT_ENTRY);
    this.#history.entryLooks.push(attempt);
    return attempt;
  }

  async #aboutEntry(api: ApiName, entryId: string, query: string): Promise<EntryAttempt> {
    const { sent, url, headers } = this.#next(api, 'graphql');
    const asked = { path: '/graphql', headers, body: { query, variables: { id: entryId } } };
    const answered = await this.#client.ask(url, asked, (answer) => {
      const [entry] = Object.values((answer.body.data ?? {}) as Record<string, EntryAnswer>);
      return failureIn(answer) ?? { kind: 'entry' as const, ...told(entry as EntryAnswer) };
    });
    return { ...sent, entryId, ...answered };
  }

  /** @returns the codes of a booking's tickets; none when there is no answer, or it is not FINALIZED */
  async lookAtTickets(api: ApiName, id: string): Promise<string[]> {
    const { url, headers } = this.#next(api, 'graphql');
    const asked = { path: '/graphql', headers, body: { query: TICKETS, variables: { id } } };
    const { outcome } = await this.#client.ask(url, asked, (answer) => {
      return failureIn(answer) ?? { kind: 'seen' as const, tickets: answer.body.data.booking.tickets };
    });
    return outcome.kind === 'seen' ? outcome.tickets.map(({ code }: { code: string }) => code) : [];
  }

  async scan(api: ApiName, { eventId, code, deviceId, nonce }: Scan, via: Via): Promise<ScanAttempt> {
    const { sent, url, headers } = this.#next(api, via);
    const body = { event_id: Number(eventId), code, device_id: deviceId, nonce };
    const variables = { input: { eventId, code, deviceId, nonce } };
    const asked =
      via === 'rest'
        ? { path: '/check-in', headers, body }
        : { path: '/graphql', headers, body: { query: CHECK_IN, variables } };
    const answered = await this.#client.ask(url, asked, (answer) => {
      return outcomeIn(answer, CHECK_IN_REFUSAL_CODES, 'redeemed' as const);
    });
    const attempt = { ...sent, eventId, code, deviceId, nonce, ...answered };
    this.#history.scans.push(attempt);
    return attempt;
  }

  close(): void {
    this.#client.close();
  }

  #next(api: ApiName, via: Via): { sent: Sent; url: string; headers: Record<string, string> } {
    const id = `${this.#name}-${++this.#sent}`;
    return { sent: { id, api, via }, url: `${this.#urls.get(api)}`, headers: { 'x-request-id': id } };
  }
}

type EntryAnswer = Omit<ToldEntry, 'bookingId'> & { readonly booking: { readonly id: string } | null };

function told({ id, eventId, userId, quantity, status, booking }: EntryAnswer): ToldEntry {
  return { id, eventId, userId, quantity, status, bookingId: booking?.id ?? null };
}

/** Of a mutation that answers with what it did, or with a code. */
function outcomeIn<Kind extends string>(answer: HttpAnswer, refusals: readonly string[], kind: Kind) {
  const failure = failureIn(answer, refusals);
  if (failure) return failure;
  const [{ code } = { code: undefined }] = Object.values((answer.body.data ?? {}) as Record<string, { code?: string }>);
  return code ? { kind: 'refused' as const, code, availableCount: null } : { kind };
}

function editIn(answer: HttpAnswer): EditAttempt['outcome'] {
  const failure = failureIn(answer, EDIT_REFUSALS);
  if (failure) return failure;
  const { data, version } = answer.body;
  const { code, ...event } = data?.updateEvent ?? { version };
  return code ? { kind: 'refused', code, availableCount: null } : { kind: 'edited', version: event.version };
}
