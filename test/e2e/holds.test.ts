import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { graphql, graphqlData } from '../support/graphql-client.ts';
import { letEnd } from '../support/holds.ts';
import { documentedRest, type Rest } from '../support/openapi-document.ts';
import { openSubscriber } from '../support/subscriber.ts';

const BOOKING = '__typename ... on Booking { id status version expiresAt paymentReference event { maxHoldSeconds } }';
const RESULT = `${BOOKING} ... on BookingRefused { code message retryable retryAfterMs availableCount }`;
const BOOK = `mutation ($input: BookTicketInput!) { result: bookTicket(input: $input) { ${RESULT} } }`;
const CONFIRM = `mutation ($id: ID!, $key: String, $payment: String) {
  result: confirmBooking(id: $id, idempotencyKey: $key, paymentReference: $payment) { ${RESULT} } }`;
const EXTEND = `mutation ($id: ID!, $seconds: Int!) { result: extendHold(id: $id, holdSeconds: $seconds) { ${RESULT} } }`;
const STATS = `query ($id: ID!) { eventStats(eventId: $id) {
  bookedCount heldCount pendingCount finalizedCount availableCount } }`;
const WATCH = 'subscription ($id: ID!) { bookingStatusChanged(bookingId: $id) { status expiresAt } }';

interface Result {
  readonly id: string;
  readonly status: string;
  readonly expiresAt: string | null;
}
interface Told {
  readonly bookingStatusChanged: Result;
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
const book = (eventId: number, more: object = {}) => ask(BOOK, { input: { eventId, userId: '7', ...more } });

test('over GraphQL a hold counts down before the eyes of whoever watches, ends, and the next buyer holds and confirms', async () => {
  const eventId = await create({ maxHoldSeconds: 600 });
  const first = await book(eventId, { holdSeconds: 600 });
  expect(first).toMatchObject({ status: 'HELD', version: 1, paymentReference: null, event: { maxHoldSeconds: 600 } });
  const subscriber = openSubscriber(office.websocketUrl);
  const watch = subscriber.subscribe<Told>(WATCH, { id: first.id });
  expect((await watch.next()).bookingStatusChanged).toEqual({ status: 'HELD', expiresAt: first.expiresAt });
  expect(await graphqlData(office.url, STATS, { id: eventId })).toEqual({
    eventStats: { bookedCount: 1, heldCount: 1, pendingCount: 0, finalizedCount: 0, availableCount: 0 },
  });
  expect(await book(eventId)).toMatchObject({ code: 'SOLD_OUT', availableCount: 0 });
  expect(await book(eventId, { holdSeconds: 601 })).toMatchObject({
    code: 'HOLDS_NOT_ALLOWED',
    message: 'Places of this event are held for at most 600 seconds.',
    retryable: false,
  });

  await letEnd(office.container.db, 50, `id = ${first.id}`);
  expect(await watch.rest()).toEqual([{ bookingStatusChanged: { status: 'EXPIRED', expiresAt: null } }]);
  await subscriber.dispose();
  const payment = { key: 'pay_1', payment: 'pay_1' };
  expect(await ask(CONFIRM, { id: first.id, ...payment })).toMatchObject({ code: 'HOLD_EXPIRED', retryable: false });

  const second = await book(eventId, { holdSeconds: 60 });
  expect(await ask(EXTEND, { id: second.id, seconds: 600 })).toMatchObject({ status: 'HELD', version: 2 });
  const confirmed = { __typename: 'Booking', expiresAt: null, paymentReference: 'pay_2' };
  const confirm = () => ask(CONFIRM, { id: second.id, key: 'pay_2', payment: 'pay_2' });
  expect(await confirm()).toMatchObject({ ...confirmed, status: 'PENDING', version: 3 });
  await eventually(async () => expect(await confirm()).toMatchObject({ ...confirmed, status: 'FINALIZED' }));
  expect(await ask(CONFIRM, { id: second.id, key: 'pay_2', payment: 'pay_3' })).toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
  const { errors } = await graphql(office.url, CONFIRM, { id: '999999' });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' });
});

test('over REST the same, and a booking without a hold looks as ever', async () => {
  const eventId = await create();
  const hold = (more: object = {}) => rest('POST', '/book', { body: { user_id: 7, event_id: eventId, ...more } });
  const first = (await hold({ hold_seconds: 900 })).body;
  expect(first).toMatchObject({ status: 'HELD', expires_at: expect.stringMatching(/Z$/) });
  expect((await hold()).body).toMatchObject({ code: 'SOLD_OUT' });
  expect((await hold({ hold_seconds: 901 })).body).toMatchObject({ status: 409, code: 'HOLDS_NOT_ALLOWED' });
  expect((await hold({ hold_seconds: 0 })).status).toBe(422);
  await letEnd(office.container.db, 0, `id = ${first.id}`);
  const confirm = (id: number, key: string, payment_reference = key) =>
    rest('POST', `/booking/${id}/confirm`, { body: { payment_reference }, headers: { 'idempotency-key': key } });
  expect((await confirm(first.id, 'pay_1')).body).toMatchObject({ status: 409, code: 'HOLD_EXPIRED' });
  expect((await rest('POST', `/booking/${first.id}/cancel`)).body).toMatchObject({ code: 'BOOKING_NOT_CANCELLABLE' });

  const second = (await hold({ hold_seconds: '60' })).body;
  const extended = await rest('POST', `/booking/${second.id}/extend-hold`, { body: { hold_seconds: 900 } });
  expect(extended.body).toMatchObject({ id: second.id, status: 'HELD' });
  expect(Date.parse(extended.body.expires_at)).toBeGreaterThan(Date.parse(second.expires_at));
  const confirmed = await confirm(second.id, '"pay_2"', 'pay_2');
  expect(confirmed.body).toMatchObject({ id: second.id, status: 'PENDING' });
  expect(Object.keys(confirmed.body)).not.toContain('expires_at');
  expect(confirmed.headers.get('idempotency-replayed')).toBeNull();
  expect((await confirm(second.id, 'pay_2')).headers.get('idempotency-replayed')).toBe('true');
  expect((await confirm(second.id, 'pay_2', 'pay_3')).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  expect((await rest('GET', `/booking/${second.id}`)).body).toMatchObject({ payment_reference: 'pay_2' });
  expect((await rest('POST', '/booking/999999/confirm', { body: {} })).status).toBe(404);

  const another = await create();
  const booked = await rest('POST', '/book', { body: { user_id: 7, event_id: another } });
  expect(Object.keys(booked.body)).toEqual([
    'id',
    'event_id',
    'user_id',
    'status',
    'created_at',
    'quantity',
    'reference',
  ]);
  expect((await confirm(booked.body.id, 'pay_4')).body).toMatchObject({ status: 409, code: 'NOT_HELD' });
});
