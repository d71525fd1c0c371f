import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { book } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { createEvent, graphql } from '../support/graphql-client.ts';

const CREATE = 'mutation ($input: CreateEventInput!) { createEvent(input: $input) { id title } }';
const BOOK = `mutation ($input: BookTicketInput!) {
  bookTicket(input: $input) { __typename ... on BookingRefused { code retryable } }
}`;
const EVENTS = 'query ($first: Int, $after: String) { events(first: $first, after: $after) { edges { cursor } } }';
const BOOKINGS = `query ($eventId: ID, $userId: ID, $first: Int, $after: String) {
  bookings(eventId: $eventId, userId: $userId, first: $first, after: $after) { edges { cursor } }
}`;
/** Text of the inside: drivers, SQL, stacks, paths. */
const INSIDE =
  /sqlite|postgres|\bselect\b|\binsert\b|constraint|node_modules|stacktrace|\/work\/|\.ts:|\bat \w+ \(|ECONN/i;

const IMPOSSIBLE_IDS = ['abc', '-1', '0', '1e3', '2147483647', '2147483648', '1'.padEnd(31, '0'), '', ' 1', '1\u0000'];
/** What no row can hold as it is. */
const BAD_TEXT = ['a\u0000b', 'a\nb', 'a\u007fb', 'a\ud800b', '\udc00'];

describe.each(['embedded', 'postgresql + redis'] as const)('%s: over HTTP', (setup) => {
  let office: BoxOffice;
  let eventId: string;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { env: { LOG_LEVEL: 'silent' } });
    eventId = await createEvent(office.url, { capacity: 100 });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await book(office, { eventId });
  });
  afterAll(() => office.close());

  async function refuses(query: string, variables: Record<string, unknown>, field = ''): Promise<void> {
    const { status, data, errors } = await graphql<Record<string, unknown>>(office.url, query, variables);
    const shown = JSON.stringify({ variables, status, data, errors });
    expect({ shown, code: errors?.[0]?.extensions.code }).toEqual({ shown, code: 'BAD_USER_INPUT' });
    expect([200, 400]).toContain(status);
    expect(Object.values(data ?? {}).filter(Boolean)).toEqual([]);
    expect(errors?.[0]?.message).toContain(field);
    expect(JSON.stringify(errors)).not.toMatch(INSIDE);
  }

  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${office.url}/graphql`, { method: 'POST', headers, body });

  async function answersPlainly(response: Response, status: number): Promise<string> {
    const text = await response.text();
    expect({ text, status: response.status }).toEqual({ text, status });
    expect(text).not.toMatch(INSIDE);
    return text;
  }

  test.each([
    ['an empty title', { title: '' }, 'title'],
    ['a blank title', { title: ' \u3000 ' }, 'title'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'title'],
    ['a title of 201 astral characters', { title: '🎟'.repeat(201) }, 'title'],
    ...BAD_TEXT.map((title) => [`the title ${JSON.stringify(title)}`, { title }, 'title'] as const),
    ['capacity 0', { capacity: 0 }, 'capacity'],
    ['a negative capacity', { capacity: -1 }, 'capacity'],
    ['a capacity of 2^31', { capacity: 2 ** 31 }, 'capacity'],
    ['a capacity of 10^30', { capacity: 1e30 }, 'capacity'],
    ['a fractional capacity', { capacity: 1.5 }, 'capacity'],
    ['capacity as text', { capacity: '10' }, 'capacity'],
    ['no capacity', { capacity: undefined }, 'capacity'],
    ['maxPerBooking 0', { maxPerBooking: 0 }, 'maxPerBooking'],
    ['maxPerBooking 101', { maxPerBooking: 101 }, 'maxPerBooking'],
    ['maxPerUser 0', { maxPerUser: 0 }, 'maxPerUser'],
    [
      'an end of sale before its start',
      { salesOpenAt: '2030-01-02T00:00:00Z', salesCloseAt: '2030-01-01T00:00:00Z' },
      'salesCloseAt',
    ],
    [
      'an end of sale at its start',
      { salesOpenAt: '2030-01-01T00:00:00Z', salesCloseAt: '2030-01-01T00:00:00Z' },
      'salesCloseAt',
    ],
    ['a date that is none', { salesOpenAt: 'tomorrow' }, 'salesOpenAt'],
    ['the 30th of February', { salesOpenAt: '2030-02-30T00:00:00Z' }, 'salesOpenAt'],
    ['a date without time', { salesOpenAt: '2030-02-01' }, 'salesOpenAt'],
    ['an unknown field', { colour: 'red' }, 'colour'],
  ] as const)('an event with %s is BAD_USER_INPUT', async (_name, wrong, field) => {
    await refuses(CREATE, { input: { title: 'Concert', capacity: 10, ...wrong } }, field);
  });

  test('a title of 200 characters is taken, each astral one counted as one', async () => {
    for (const title of ['x'.repeat(200), '🎟'.repeat(200)]) {
      const { data } = await graphql<{ createEvent: { title: string } }>(office.url, CREATE, {
        input: { title, capacity: 1 },
      });
      expect(data?.createEvent.title).toBe(title);
    }
  });

  test.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'])(
    'the date %s, at the edge of what a database holds, is stored or refused, never an internal error',
    async (salesOpenAt) => {
      const { errors } = await graphql(office.url, CREATE, { input: { title: 'Edge', capacity: 1, salesOpenAt } });
      expect(errors?.[0]?.extensions.code ?? 'BAD_USER_INPUT').toBe('BAD_USER_INPUT');
    },
  );

  test.each([
    ['quantity 0', { quantity: 0 }, 'quantity'],
    ['a negative quantity', { quantity: -1 }, 'quantity'],
    ['a quantity of 2^31', { quantity: 2 ** 31 }, 'quantity'],
    ['a fractional quantity', { quantity: 0.5 }, 'quantity'],
    ['an empty user', { userId: '' }, 'userId'],
    ['no user', { userId: null }, 'userId'],
    ['a user of 256 characters', { userId: 'u'.repeat(256) }, 'userId'],
    ...BAD_TEXT.map((userId) => [`the user ${JSON.stringify(userId)}`, { userId }, 'userId'] as const),
    ['an empty key', { idempotencyKey: '' }, 'idempotencyKey'],
    ['a key of 256 characters', { idempotencyKey: 'k'.repeat(256) }, 'idempotencyKey'],
    ...BAD_TEXT.map(
      (idempotencyKey) => [`the key ${JSON.stringify(idempotencyKey)}`, { idempotencyKey }, 'idempotencyKey'] as const,
    ),
    ['an event that is an object', { eventId: { id: 1 } }, 'eventId'],
    ['an event that is a fraction', { eventId: 1.5 }, 'eventId'],
    ['no event', { eventId: undefined }, 'eventId'],
  ] as const)('a booking with %s is BAD_USER_INPUT', async (_name, wrong, field) => {
    await refuses(BOOK, { input: { eventId, userId: 'alice', ...wrong } }, field);
  });

  test('ids that nothing has are answered as unknown, however they look', async () => {
    for (const id of IMPOSSIBLE_IDS) {
      const { data, errors } = await graphql<Record<string, unknown>>(
        office.url,
        'query ($id: ID!) { event(id: $id) { id } eventStats(eventId: $id) { version } booking(id: $id) { id } bookings(eventId: $id) { edges { cursor } } }',
        { id },
      );
      expect({ id, errors }).toEqual({ id, errors: undefined });
      expect(data).toEqual({ event: null, eventStats: null, booking: null, bookings: { edges: [] } });

      const refused = await graphql<Record<string, unknown>>(office.url, BOOK, {
        input: { eventId: id, userId: 'alice' },
      });
      expect(refused.data).toEqual({
        bookTicket: { __typename: 'BookingRefused', code: 'EVENT_NOT_FOUND', retryable: false },
      });
      const cancel = await graphql(office.url, 'mutation ($id: ID!) { cancelBooking(id: $id) { id } }', { id });
      expect(cancel.errors?.[0]).toMatchObject({ message: 'Booking not found', extensions: { code: 'NOT_FOUND' } });
    }
  });

  test.each([
    ['first 0', { first: 0 }, 'first'],
    ['first 101', { first: 101 }, 'first'],
    ['a negative first', { first: -1 }, 'first'],
    ['an empty cursor', { after: '' }, 'after'],
    ['a cursor that is no base64', { after: '%%%' }, 'after'],
    ['the cursor of nothing', { after: Buffer.from('after:0').toString('base64url') }, 'after'],
    ['a cursor beyond all ids', { after: Buffer.from('after:99999999999').toString('base64url') }, 'after'],
    ['a cursor with SQL', { after: Buffer.from('after:1 or 1=1').toString('base64url') }, 'after'],
    ['a cursor of 10,000 characters', { after: 'a'.repeat(10_000) }, 'after'],
  ])('a page with %s is BAD_USER_INPUT', async (_name, wrong, field) => {
    await refuses(EVENTS, wrong, field);
    await refuses(BOOKINGS, wrong, field);
  });

  test.each([...BAD_TEXT, 'u'.repeat(300), ''])(
    'a filter by the user %j finds nothing or is BAD_USER_INPUT',
    async (userId) => {
      const { data, errors } = await graphql<Record<string, unknown>>(office.url, BOOKINGS, { userId });
      if (errors) expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
      else expect(data).toEqual({ bookings: { edges: [] } });
    },
  );

  test('a syntax error, an unknown field and too many tokens say what is wrong, and nothing about the schema', async () => {
    for (const [query, code] of [
      ['{ report {', 'GRAPHQL_PARSE_FAILED'],
      ['{ reports { totalCapacity } }', 'GRAPHQL_VALIDATION_FAILED'],
      [`{ report { ${'totalCapacity '.repeat(1_001)} } }`, 'GRAPHQL_PARSE_FAILED'],
    ]) {
      const { status, errors } = await graphql(office.url, query as string);
      expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 400, code });
      expect(JSON.stringify(errors)).not.toMatch(/Did you mean|stack/);
    }
  });

  test('an unknown operation and no operation at all are a 400', async () => {
    const unknown = await post(JSON.stringify({ query: 'query A { __typename }', operationName: 'B' }));
    await answersPlainly(unknown, 400);
    await answersPlainly(await post(JSON.stringify({ variables: {} })), 400);
  });

  test("a subscription by POST is the caller's fault, not an internal error", async () => {
    const { errors } = await graphql(office.url, `subscription { eventStatsChanged(eventId: ${eventId}) { version } }`);
    expect(errors).toMatchObject([{ extensions: { code: expect.stringMatching(/^(BAD_|OPERATION_)/) } }]);
  });

  test.each(['{"query":', '', 'null', '42', '"query"', '[]'])('the body %j is a 400', async (body) => {
    await answersPlainly(await post(body), 400);
  });

  test('a batch is a 400', async () => {
    await answersPlainly(await post(JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }])), 400);
  });

  test('a content type that is not JSON is refused, and so is a simple one, which other sites could send', async () => {
    const body = JSON.stringify({ query: 'mutation { createEvent(input: { title: "csrf", capacity: 1 }) { id } }' });
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/xml']) {
      const response = await post(body, { 'content-type': type });
      expect([400, 415]).toContain(response.status);
      expect(await response.text()).not.toMatch(INSIDE);
    }
    await answersPlainly(await post(body, { 'content-type': 'text/plain' }), 400);
    const { data } = await graphql<{ events: { edges: { node: { title: string } }[] } }>(
      office.url,
      '{ events { edges { node { title } } } }',
    );
    expect(data?.events.edges.map(({ node }) => node.title)).not.toContain('csrf');
  });

  test('a mutation by GET is a 405, and a query by GET without a preflight header a 400', async () => {
    const mutation = encodeURIComponent('mutation { createEvent(input: { title: "get", capacity: 1 }) { id } }');
    const headers = { 'apollo-require-preflight': '1' };
    await answersPlainly(await fetch(`${office.url}/graphql?query=${mutation}`, { headers }), 405);
    await answersPlainly(await fetch(`${office.url}/graphql?query={__typename}`), 400);
  });

  test('a body of 1.1 MB is a 413', async () => {
    await answersPlainly(await post(JSON.stringify({ query: `{ __typename } #${'x'.repeat(1_100_000)}` })), 413);
  });

  test('what goes wrong inside is masked', async () => {
    vi.spyOn(office.container, 'report').mockRejectedValue(
      new Error("SQLITE_CORRUPT: select secret from '/srv/box.db'"),
    );
    const { status, errors } = await graphql(office.url, '{ report { totalCapacity } }');
    expect(JSON.stringify(errors)).not.toMatch(/SQLITE|secret|\/srv/);
    expect(errors).toMatchObject([
      { message: 'Internal server error', path: ['report'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect([200, 500]).toContain(status);
  });
});
