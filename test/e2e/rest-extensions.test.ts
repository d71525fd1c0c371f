import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { documentedRest, type Rest } from '../support/openapi-document.ts';

const UNKNOWN_ID = 2147483647;
let office: BoxOffice;
/** Every answer it returns has a documented status and a body as documented. */
let rest: Rest;

beforeAll(async () => {
  office = await openBoxOffice('embedded', { worker: false });
  rest = await documentedRest(office.url);
});
afterAll(() => office.close());

async function createEvent(capacity: number): Promise<number> {
  return (await office.container.createEvent({ title: 'Concert', capacity })).id;
}

describe('GET /event', () => {
  test('shows all events, newest first, page by page', async () => {
    const newest = [await createEvent(1), await createEvent(2), await createEvent(3)].reverse();
    const first = await rest('GET', '/event?first=2');
    expect(first.text).toMatch(
      /^\{"items":\[\{"id":\d+,"title":"Concert","capacity":3,"booked_count":0,"description":/,
    );
    expect(first.body).toMatchObject({ items: [{ id: newest[0] }, { id: newest[1] }], has_next_page: true });
    const second = await rest('GET', `/event?first=1&after=${first.body.end_cursor}`);
    expect(second.body.items).toMatchObject([{ id: newest[2] }]);
  });

  test('is empty behind the last event', async () => {
    const { body } = await rest('GET', '/event?first=100');
    const last = await rest('GET', `/event?after=${body.end_cursor}`);
    expect(last.body).toEqual({ items: [], has_next_page: false, end_cursor: null });
  });

  test.each(['first=0', 'first=101', 'first=x', 'first=', 'after=nonsense'])('refuses %s', async (query) => {
    const { status, body } = await rest('GET', `/event?${query}`);
    expect(status).toBe(422);
    expect(body.detail[0].loc[0]).toBe('query');
  });
});

describe('Idempotency-Key', () => {
  test('makes a repeat the same booking, quoted or bare, and says so', async () => {
    const request = { user_id: 42, event_id: await createEvent(5) };
    const quoted = await rest('POST', '/book', { body: request, headers: { 'Idempotency-Key': '"a \\"b\\" \\\\c"' } });
    expect(quoted.headers.get('idempotency-replayed')).toBeNull();
    const bare = await rest('POST', '/book', { body: request, headers: { 'Idempotency-Key': 'a "b" \\c' } });
    expect(bare.status).toBe(200);
    expect(bare.headers.get('idempotency-replayed')).toBe('true');
    expect(bare.body).toEqual(quoted.body);
    expect((await rest('GET', `/event/${request.event_id}`)).body.booked_count).toBe(1);
  });

  test('is refused for another request, without effect', async () => {
    const request = { user_id: 42, event_id: await createEvent(5) };
    const headers = { 'Idempotency-Key': 'key-1' };
    await rest('POST', '/book', { body: request, headers });
    const reused = await rest('POST', '/book', { body: { ...request, quantity: 2 }, headers });
    expect(reused.headers.get('content-type')).toMatch('application/problem+json');
    expect(reused.body).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED', retryable: false });
    expect((await rest('GET', `/event/${request.event_id}`)).body.booked_count).toBe(1);
  });

  test('is listed among the faults, before those of the body', async () => {
    const headers = { 'Idempotency-Key': 'x'.repeat(256) };
    const { body } = await rest('POST', '/book', { body: { user_id: 1 }, headers });
    expect(body.detail).toMatchObject([
      { type: 'string_too_long', loc: ['header', 'idempotency-key'], ctx: { max_length: 255 } },
      { type: 'missing', loc: ['body', 'event_id'] },
    ]);
    const empty = await rest('POST', '/book', { body: { user_id: 1 }, headers: { 'Idempotency-Key': '""' } });
    expect(empty.body.detail[0]).toMatchObject({ type: 'string_too_short', loc: ['header', 'idempotency-key'] });
  });
});

describe('/booking/{id}', () => {
  test('shows a booking, and gives its places back once when it is cancelled', async () => {
    const eventId = await createEvent(5);
    const booked = await rest('POST', '/book', { body: { user_id: 42, event_id: eventId, quantity: 2 } });
    const mail = { email: null, mail_status: null, mail_error: null };
    const shown = { ...booked.body, holder_name: null, ...mail, payment_reference: null, tickets: [] };
    expect((await rest('GET', `/booking/${booked.body.id}`)).body).toEqual(shown);
    for (const _attempt of [1, 2]) {
      const cancelled = await rest('POST', `/booking/${booked.body.id}/cancel`);
      expect(cancelled.body).toEqual({ ...booked.body, status: 'CANCELLED' });
    }
    expect((await rest('GET', `/event/${eventId}`)).body.booked_count).toBe(0);
  });

  test('shows a user id of GraphQL as the text it is', async () => {
    const eventId = await createEvent(5);
    for (const userId of ['alice', '007', '1e3']) {
      const outcome = await office.container.bookTicket({ eventId, userId });
      const id = outcome.kind === 'booked' ? outcome.booking.id : 0;
      expect((await rest('GET', `/booking/${id}`)).body.user_id).toBe(userId);
    }
  });

  test.each([UNKNOWN_ID, 0, -1])('knows no booking %s', async (id) => {
    for (const answer of [await rest('GET', `/booking/${id}`), await rest('POST', `/booking/${id}/cancel`)]) {
      expect(answer.body).toMatchObject({ status: 404, detail: 'Booking not found', code: 'NOT_FOUND' });
    }
  });

  test('finds an id faulty that is no integer', async () => {
    for (const answer of [await rest('GET', '/booking/x'), await rest('POST', '/booking/x/cancel')]) {
      expect(answer.body.detail).toMatchObject([{ type: 'int_parsing', loc: ['path', 'booking_id'], input: 'x' }]);
    }
  });
});
