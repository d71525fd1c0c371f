import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/event.entity.ts';
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

async function createEvent(capacity: number, rules: Partial<Event> = {}): Promise<number> {
  return (await office.container.createEvent({ title: 'Concert', capacity, ...rules })).id;
}

describe('POST /event', () => {
  test('answers with the event and nothing booked', async () => {
    const { status, body, text } = await rest('POST', '/event', { body: { title: 'Concert', capacity: 2 } });
    expect(status).toBe(200);
    expect(text).toBe(`{"id":${body.id},"title":"Concert","capacity":2,"booked_count":0}`);
  });

  test.each(['7', ' 7 ', '7.0', 7.0])('takes %j for 7, as the reference system does', async (capacity) => {
    expect((await rest('POST', '/event', { body: { title: 'Concert', capacity } })).body.capacity).toBe(7);
  });

  test('takes true for 1, and ignores fields that it does not know, also those of a prototype', async () => {
    const body = '{"title": "Concert", "capacity": true, "id": 5, "__proto__": {"booked_count": 9}}';
    expect((await rest('POST', '/event', { body })).body).toMatchObject({ capacity: 1, booked_count: 0 });
  });

  test('lists every fault', async () => {
    const { status, text } = await rest('POST', '/event', { body: { title: '', capacity: 0 } });
    expect(status).toBe(422);
    expect(text).toBe(
      '{"detail":[' +
        '{"type":"string_too_short","loc":["body","title"],"msg":"String should have at least 1 character","input":"","ctx":{"min_length":1}},' +
        '{"type":"greater_than_equal","loc":["body","capacity"],"msg":"Input should be greater than or equal to 1","input":0,"ctx":{"ge":1}}' +
        ']}',
    );
  });

  test('says where the JSON is wrong', async () => {
    const { status, body } = await rest('POST', '/event', { body: '{"title": "Concert",}' });
    const error = 'property name expected';
    expect(status).toBe(422);
    expect(body.detail).toEqual([
      { type: 'json_invalid', loc: ['body', 20], msg: 'JSON decode error', input: {}, ctx: { error } },
    ]);
  });

  test.each([
    ['text/plain', 'model_attributes_type'],
    ['application/x-www-form-urlencoded', 'model_attributes_type'],
    ['nonsense', 'model_attributes_type'],
    ['', 'model_attributes_type'],
  ])('takes a body of type "%s" for a text', async (contentType, type) => {
    const input = '{"title": "Concert", "capacity": 1}';
    const { status, body } = await rest('POST', '/event', { body: input, headers: { 'content-type': contentType } });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ type, loc: ['body'], input }]);
  });

  test.each(['application/json; charset=utf-8', 'application/merge-patch+json', 'APPLICATION/JSON'])(
    'parses a body of type "%s"',
    async (contentType) => {
      const request = { body: { title: 'Concert', capacity: 1 }, headers: { 'content-type': contentType } };
      expect((await rest('POST', '/event', request)).status).toBe(200);
    },
  );

  test.each([
    ['', 'missing', null],
    ['null', 'missing', null],
    ['[]', 'model_attributes_type', []],
  ])('finds the body %j faulty as a whole', async (body, type, input) => {
    const { body: answer } = await rest('POST', '/event', { body });
    expect(answer.detail).toMatchObject([{ type, loc: ['body'], input }]);
  });

  test('refuses a body that is too large, or that is no text', async () => {
    const large = await rest('POST', '/event', { body: { title: 'x'.repeat(1_000_000), capacity: 1 } });
    expect(large.body).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE', retryable: false });
    const binary = await rest('POST', '/event', { body: Uint8Array.of(0x22, 0xff, 0x22) });
    expect(binary.body).toMatchObject({ status: 400, detail: 'There was an error parsing the body' });
  });

  test.each([
    ['beside texts that close them', `${'["]",'.repeat(10_000)}1${']'.repeat(10_000)}`],
    ['without an end, beside texts that close them', '["]",'.repeat(12_000)],
    ['without an end, behind a text that closes them', `["${']'.repeat(30_000)}",${'['.repeat(30_000)}`],
  ])('cannot read brackets that are nested too deeply %s', async (_how, body) => {
    const { status, body: answer } = await rest('POST', '/event', { body });
    expect({ status, ...answer }).toMatchObject({ status: 400, detail: 'There was an error parsing the body' });
  });

  test('survives brackets nested as deeply as a body can hold', async () => {
    const depth = 30_000;
    const { status } = await rest('POST', '/event', { body: '['.repeat(depth) + ']'.repeat(depth) });
    expect(status).toBe(400);
  });
});

describe.each(['/event/{id}', '/event/{id}/stats', '/report/event/{id}'])('GET %s', (route) => {
  const path = (id: unknown) => route.replace('{id}', encodeURIComponent(String(id)));

  test('answers with the places of the event', async () => {
    const id = await createEvent(2);
    await rest('POST', '/book', { body: { user_id: 42, event_id: id } });
    const { status, text } = await rest('GET', path(id));
    expect(status).toBe(200);
    if (route === '/event/{id}') {
      expect(text).toMatch(new RegExp(`^\\{"id":${id},"title":"Concert","capacity":2,"booked_count":1,"description":`));
    } else {
      expect(text).toBe(`{"event_id":${id},"capacity":2,"booked_count":1,"finalized_count":0}`);
    }
    expect((await rest('GET', path(` ${id}.0 `))).text).toBe(text);
  });

  test.each([UNKNOWN_ID, 0, -1])('knows no event %s', async (id) => {
    const { status, headers, body } = await rest('GET', path(id));
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch('application/problem+json');
    expect(body).toMatchObject({ detail: 'Event not found', code: 'NOT_FOUND', retryable: false });
  });

  test('finds an id faulty that is no integer, or that no event can have', async () => {
    expect((await rest('GET', path('abc'))).body.detail).toEqual([
      {
        type: 'int_parsing',
        loc: ['path', 'event_id'],
        msg: 'Input should be a valid integer, unable to parse string as an integer',
        input: 'abc',
      },
    ]);
    expect((await rest('GET', path('99999999999999999999'))).body.detail).toEqual([
      {
        type: 'less_than_equal',
        loc: ['path', 'event_id'],
        msg: 'Input should be less than or equal to 2147483647',
        input: '99999999999999999999',
        ctx: { le: 2147483647 },
      },
    ]);
  });
});

test('GET /report adds up all events', async () => {
  const before = (await rest('GET', '/report')).body;
  const id = await createEvent(100);
  await rest('POST', '/book', { body: { user_id: 42, event_id: id, quantity: 3 } });
  const { text } = await rest('GET', '/report');
  expect(text).toBe(
    `{"total_capacity":${before.total_capacity + 100},"total_reserved":${before.total_reserved + 3},"total_finalized":0}`,
  );
});

describe('POST /book', () => {
  test('answers with a pending booking, our fields after those of the reference system', async () => {
    const id = await createEvent(2);
    const { status, headers, body, text } = await rest('POST', '/book', { body: { user_id: 42, event_id: id } });
    expect(status).toBe(200);
    expect(body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
    expect(text).toBe(
      `{"id":${body.id},"event_id":${id},"user_id":42,"status":"PENDING","created_at":"${body.created_at}",` +
        `"quantity":1,"reference":"${body.reference}"}`,
    );
    expect(headers.has('idempotency-replayed')).toBe(false);
  });

  test('says SOLD_OUT with the sentence that clients know', async () => {
    const id = await createEvent(2);
    await rest('POST', '/book', { body: { user_id: 42, event_id: id, quantity: 2 } });
    const { headers, body } = await rest('POST', '/book', { body: { user_id: 43, event_id: id } });
    expect(headers.get('content-type')).toMatch('application/problem+json');
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Event is sold out.',
      code: 'SOLD_OUT',
      retryable: false,
      available_count: 0,
    });
  });

  test('says how many places are left when they are too few', async () => {
    const id = await createEvent(2);
    const { body } = await rest('POST', '/book', { body: { user_id: 42, event_id: id, quantity: 3 } });
    expect(body).toMatchObject({ status: 409, code: 'SOLD_OUT', available_count: 2 });
  });

  test('tells an event that is not on sale and a limit from a sold-out one', async () => {
    const later = await createEvent(2, { salesOpenAt: new Date(Date.now() + 60_000) });
    const notYet = await rest('POST', '/book', { body: { user_id: 42, event_id: later } });
    expect(notYet.body).toMatchObject({ status: 409, code: 'NOT_ON_SALE' });
    const limited = await createEvent(5, { maxPerBooking: 1 });
    const tooMany = await rest('POST', '/book', { body: { user_id: 42, event_id: limited, quantity: 2 } });
    expect(tooMany.body).toMatchObject({ status: 409, code: 'LIMIT_REACHED' });
  });

  test('knows no event that does not exist', async () => {
    const { body } = await rest('POST', '/book', { body: { user_id: 42, event_id: UNKNOWN_ID } });
    expect(body).toMatchObject({ status: 404, detail: 'Event not found', code: 'EVENT_NOT_FOUND' });
  });

  test.each([
    [{}, ['missing', 'missing']],
    [{ user_id: 0, event_id: -1 }, ['greater_than_equal', 'greater_than_equal']],
    [{ user_id: 2 ** 53, event_id: 2 ** 31 }, ['less_than_equal', 'less_than_equal']],
    [{ user_id: 'x', event_id: null, quantity: 1.5 }, ['int_parsing', 'int_type', 'int_from_float']],
    [{ user_id: 1, event_id: 1, quantity: 0 }, ['greater_than_equal']],
    [{ user_id: 1, event_id: 1, quantity: null }, ['int_type']],
  ])('finds %j faulty', async (request, types) => {
    const { status, body } = await rest('POST', '/book', { body: request });
    expect(status).toBe(422);
    expect(body.detail.map((fault: { type: string }) => fault.type)).toEqual(types);
  });

  test('keeps the largest user id exact', async () => {
    const request = { user_id: String(Number.MAX_SAFE_INTEGER), event_id: await createEvent(1) };
    expect((await rest('POST', '/book', { body: request })).body.user_id).toBe(Number.MAX_SAFE_INTEGER);
  });
});
