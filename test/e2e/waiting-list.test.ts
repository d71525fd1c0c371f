import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { letEnd } from '../support/holds.ts';
import { documentedRest, type Rest } from '../support/openapi-document.ts';
import { openSubscriber } from '../support/subscriber.ts';

const BOOK = `mutation ($input: BookTicketInput!) {
  result: bookTicket(input: $input) { ... on Booking { id status } ... on BookingRefused { code } } }`;
const JOIN = `mutation ($input: JoinWaitingListInput!) {
  result: joinWaitingList(input: $input) { ... on WaitingListEntry { id status ahead } ... on BookingRefused { code } } }`;
const CONFIRM = `mutation ($id: ID!) {
  result: confirmBooking(id: $id, idempotencyKey: "pay_1") { ... on Booking { id status } ... on BookingRefused { code } } }`;
const STATS = 'query ($id: ID!) { eventStats(eventId: $id) { heldCount availableCount waitingCount } }';
const TICKETS = 'query ($id: ID!) { booking(id: $id) { status tickets { code } } }';
const WATCH = `subscription ($id: ID!) {
  waitingListEntryChanged(id: $id) { status ahead booking { id status expiresAt } } }`;

interface Result {
  readonly id: string;
  readonly status: string;
}
interface Told {
  readonly waitingListEntryChanged: {
    readonly status: string;
    readonly ahead: number | null;
    readonly booking: { readonly id: string; readonly status: string; readonly expiresAt: string | null } | null;
  };
}

let office: BoxOffice;
/** Every answer it returns has a documented status and a body as documented. */
let rest: Rest;
beforeAll(async () => {
  office = await openBoxOffice('embedded');
  rest = await documentedRest(office.url);
});
afterAll(() => office.close());

const create = async (more: object = {}) =>
  (await office.container.createEvent({ title: 'Concert', capacity: 1, ...more })).id;
const ask = async (query: string, variables: object) =>
  (await graphqlData<{ result: Result }>(office.url, query, { ...variables })).result;

test('over GraphQL a hold lapses before the eyes of whoever waits, who is offered its place, confirms and has the ticket', async () => {
  const eventId = await create();
  const hold = await ask(BOOK, { input: { eventId, userId: 'a', holdSeconds: 600 } });
  expect(await ask(BOOK, { input: { eventId, userId: 'b' } })).toEqual({ code: 'SOLD_OUT' });
  const entry = await ask(JOIN, { input: { eventId, userId: 'b' } });
  expect(entry).toMatchObject({ status: 'WAITING', ahead: 0 });
  const stats = () => graphqlData(office.url, STATS, { id: eventId });
  expect(await stats()).toEqual({ eventStats: { heldCount: 1, availableCount: 0, waitingCount: 1 } });

  const subscriber = openSubscriber(office.websocketUrl);
  const watch = subscriber.subscribe<Told>(WATCH, { id: entry.id });
  const told = async () => (await watch.next()).waitingListEntryChanged;
  expect(await told()).toEqual({ status: 'WAITING', ahead: 0, booking: null });
  await letEnd(office.container.db, 0, `id = ${hold.id}`);
  const { booking, ...offered } = await told();
  expect(offered).toEqual({ status: 'OFFERED', ahead: null });
  expect(booking).toMatchObject({ status: 'HELD', expiresAt: expect.stringMatching(/Z$/) });
  expect(await stats()).toEqual({ eventStats: { heldCount: 1, availableCount: 0, waitingCount: 0 } });
  expect(await ask(BOOK, { input: { eventId, userId: 'c' } })).toEqual({ code: 'SOLD_OUT' });

  const id = booking?.id;
  expect(await ask(CONFIRM, { id })).toEqual({ id, status: 'PENDING' });
  expect(await told()).toMatchObject({ status: 'CONVERTED', ahead: null, booking: { id } });
  await watch.completed();
  await eventually(async () =>
    expect(await graphqlData(office.url, TICKETS, { id })).toEqual({
      booking: { status: 'FINALIZED', tickets: [{ code: expect.any(String) }] },
    }),
  );
  await subscriber.dispose();
});

test('over REST the same, and the list is left', async () => {
  const eventId = await create({ waitingListOfferSeconds: 60 });
  const shown = await rest('GET', `/event/${eventId}`);
  expect(shown.body).toMatchObject({ waiting_list_offer_seconds: 60, version: 1 });
  const edit = { expected_version: 1, waiting_list_offer_seconds: 90 };
  expect((await rest('PATCH', `/event/${eventId}`, { body: edit })).body).toMatchObject({
    waiting_list_offer_seconds: 90,
  });
  const join = (user_id: number, more: object = {}) =>
    rest('POST', `/event/${eventId}/waiting-list`, { body: { user_id, ...more } });
  expect((await join(7)).body).toMatchObject({ status: 409, code: 'PLACES_AVAILABLE', available_count: 1 });
  const held = { user_id: 6, event_id: eventId, hold_seconds: 600 };
  const { body: hold } = await rest('POST', '/book', { body: held });
  expect((await rest('POST', '/book', { body: { user_id: 7, event_id: eventId } })).body.code).toBe('SOLD_OUT');

  const { body: entry } = await join(7, { holder_name: 'Ada', email: 'ada@example.com' });
  expect(Object.entries(entry)).toEqual([
    ['id', entry.id],
    ['event_id', eventId],
    ['user_id', 7],
    ['quantity', 1],
    ['status', 'WAITING'],
    ['ahead', 0],
    ['booking_id', null],
    ['expires_at', null],
    ['created_at', expect.stringMatching(/Z$/)],
  ]);
  // A repeat changes nothing.
  expect((await join(7, { quantity: 2 })).body).toEqual(entry);
  const { body: second } = await join(8);
  expect(second).toMatchObject({ status: 'WAITING', ahead: 1 });
  const waiting = async () => (await rest('GET', `/event/${eventId}/waiting-list`)).body;
  expect(await waiting()).toEqual({ event_id: eventId, waiting_count: 2 });

  await letEnd(office.container.db, 0, `id = ${hold.id}`);
  const of = async ({ id }: { id: number }) => (await rest('GET', `/waiting-list/${id}`)).body;
  await eventually(async () => expect(await of(entry)).toMatchObject({ status: 'OFFERED', ahead: null }));
  const { booking_id, expires_at } = await of(entry);
  expect((await rest('GET', `/booking/${booking_id}`)).body).toMatchObject({
    status: 'HELD',
    expires_at,
    holder_name: 'Ada',
  });
  expect(await of(second)).toMatchObject({ status: 'WAITING', ahead: 0 });
  const headers = { 'idempotency-key': 'pay_2' };
  expect((await rest('POST', `/booking/${booking_id}/confirm`, { body: {}, headers })).body).toMatchObject({
    status: 'PENDING',
  });
  expect(await of(entry)).toEqual({ ...entry, status: 'CONVERTED', ahead: null, booking_id });
  await eventually(async () =>
    expect((await rest('GET', `/booking/${booking_id}`)).body).toMatchObject({
      status: 'FINALIZED',
      tickets: [{ serial: 1 }],
    }),
  );

  const left = await rest('POST', `/waiting-list/${second.id}/leave`);
  expect(left.body).toEqual({ ...second, status: 'LEFT', ahead: null });
  expect((await rest('POST', `/waiting-list/${second.id}/leave`)).body).toEqual(left.body);
  expect(await waiting()).toEqual({ event_id: eventId, waiting_count: 0 });
});

test('over REST whoever asks for what is not there is told so', async () => {
  const eventId = await create();
  const list = (id: unknown) => `/event/${id}/waiting-list`;
  const body = { user_id: 1 };
  for (const answer of [await rest('POST', list(999_999), { body }), await rest('GET', list(999_999))]) {
    expect(answer.body).toMatchObject({ status: 404, detail: 'Event not found' });
  }
  for (const answer of [await rest('GET', '/waiting-list/999999'), await rest('POST', '/waiting-list/999999/leave')]) {
    expect(answer.body).toMatchObject({ status: 404, code: 'NOT_FOUND', detail: 'Waiting list entry not found' });
  }
  for (const [path, asked, loc] of [
    [list('x'), { body }, ['path', 'event_id']],
    [list(eventId), { body: {} }, ['body', 'user_id']],
    [list(eventId), { body: { ...body, quantity: 0 } }, ['body', 'quantity']],
    [list(eventId), { body: { ...body, email: 'nobody' } }, ['body', 'email']],
    ['/waiting-list/x/leave', {}, ['path', 'entry_id']],
  ] as const) {
    expect((await rest('POST', path, asked)).body.detail).toMatchObject([{ loc }]);
  }
  expect((await rest('POST', list(eventId), { body: { ...body, quantity: 11 } })).body).toMatchObject({
    status: 409,
    code: 'LIMIT_REACHED',
  });
  await office.container.updateEvent(eventId, 1, { status: 'CLOSED' });
  expect((await rest('POST', list(eventId), { body })).body).toMatchObject({ status: 409, code: 'NOT_ON_SALE' });
});
