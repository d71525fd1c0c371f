import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { bookTicket, createEvent, graphql } from '../support/graphql-client.ts';
import { openSubscriber } from '../support/subscriber.ts';

/** Small, so that nothing is refused for its length that is meant to be refused for something else. */
const ENV = {
  GRAPHQL_MAX_TOKENS: '200',
  GRAPHQL_MAX_DEPTH: '3',
  GRAPHQL_MAX_ALIASES: '5',
  GRAPHQL_MAX_DUPLICATES: '3',
  GRAPHQL_MAX_DIRECTIVES: '4',
  GRAPHQL_MAX_COMPLEXITY: '200',
};
const TICKETS = 'tickets { id serial code redeemedAt }';

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

/** Selections of a booking: the most that is answered, one more, and what is said then. */
const LIMITS: [name: string, most: string, more: string, said: RegExp][] = [
  ['tokens', times(3, () => 'id'), times(100, (i) => `... { f${i}: id }`), /tokens/],
  ['depth', 'event { id }', 'event { stats { capacity } }', /depth/],
  ['depth within fragments', '... { event { id } }', '... { event { ... { stats { ... { capacity } } } } }', /depth/],
  ['aliases', times(5, (i) => `a${i}: id`), times(6, (i) => `a${i}: id`), /Aliases/],
  ['aliases of __typename', times(5, (i) => `a${i}: __typename`), times(6, (i) => `a${i}: __typename`), /Aliases/],
  ['aliases in fragments', times(5, (i) => `... { a${i}: id }`), times(6, (i) => `... { a${i}: id }`), /Aliases/],
  ['one field again and again', times(3, () => 'id'), times(4, () => 'id'), /same field/],
  ['__typename again and again', times(3, () => '__typename'), times(4, () => '__typename'), /same field/],
  ['one fragment again and again', `...F ...F ...F`, '...F ...F ...F ...F', /same field/],
  ['directives', `id ${times(4, (i) => `@include(if: true) a${i}: id`)}`, `id ${times(50, () => '@aa')}`, /Directives/],
  ['complexity', times(4, (i) => `a${i}: ${TICKETS}`), times(5, (i) => `a${i}: ${TICKETS}`), /complex/],
];

const FRAGMENT = 'fragment F on Booking { id }';

describe('a document may have only so many', () => {
  let office: BoxOffice;
  let id: string;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { env: ENV });
    const booked = await bookTicket(office.url, { eventId: await createEvent(office.url, { capacity: 1 }) });
    id = booked.__typename === 'Booking' ? booked.id : '';
  });
  afterAll(() => office.close());

  const document = (operation: string, selection: string) =>
    `${operation} { ${selection} } } ${selection.includes('...F') ? FRAGMENT : ''}`;

  test.each(LIMITS)('%s, over HTTP', async (_name, most, more, said) => {
    const query = (selection: string) => document('query ($id: ID!) { booking(id: $id)', selection);
    expect(await graphql(office.url, query(most), { id })).toMatchObject({ status: 200, data: { booking: {} } });
    const refused = await graphql(office.url, query(more), { id });
    expect(refused.status).toBe(400);
    expect(refused.errors?.map(({ message }) => message).join()).toMatch(said);
    expect(refused.data ?? null).toBeNull();
  });

  test.each(LIMITS)('%s, over WebSocket', async (_name, most, more, said) => {
    const query = (selection: string) =>
      document('subscription ($id: ID!) { bookingStatusChanged(bookingId: $id)', selection);
    const { subscribe } = openSubscriber(office.websocketUrl);
    expect(await subscribe(query(most), { id }).next()).toMatchObject({ bookingStatusChanged: {} });
    const errors = await subscribe(query(more), { id }).errors();
    expect(errors.map(({ message }) => message).join()).toMatch(said);
  });

  test.each([
    ['in the document', '{ bookings(first: 100) { edges { cursor } pageInfo { endCursor } } }', {}],
    [
      'in a variable',
      'query ($n: Int!) { bookings(first: $n) { edges { cursor } pageInfo { hasNextPage } } }',
      { n: 100 },
    ],
    [
      'by default',
      '{ bookings { edges { cursor } pageInfo { endCursor } } a: events { edges { cursor } } b: bookings { edges { cursor } } c: events { edges { cursor } } d: events { edges { cursor } } }',
      {},
    ],
    [
      'in a variable with a default',
      'query ($n: Int = 100) { bookings(first: $n) { edges { cursor } pageInfo { endCursor } } }',
      {},
    ],
    ['null is the usual page', `{ ${times(5, (i) => `a${i}: bookings(first: null) { edges { cursor } }`)} }`, {}],
    [
      'null in a variable is the usual page',
      `query ($n: Int) { ${times(5, (i) => `a${i}: bookings(first: $n) { edges { cursor } }`)} }`,
      { n: null },
    ],
    [
      'a negative one takes nothing away',
      '{ a: events(first: -1000) { edges { cursor } } b: events(first: 100) { edges { cursor } pageInfo { endCursor } } }',
      {},
    ],
  ])('pages count as often as they were asked for: %s', async (_name, query, variables) => {
    const { status, errors } = await graphql(office.url, query, variables);
    expect([status, errors?.[0]?.message]).toEqual([400, expect.stringMatching(/too complex/)]);
    const small = await graphql(office.url, '{ bookings(first: 40) { edges { cursor } pageInfo { endCursor } } }');
    expect(small).toMatchObject({ status: 200, data: { bookings: {} } });
  });

  test('variables that fit no type are told, not counted', async () => {
    const query = 'query ($n: Int!) { bookings(first: $n) { edges { cursor } } }';
    for (const variables of [{}, { n: 'many' }, { n: null }, { n: 1e300 }]) {
      const { status, errors } = await graphql(office.url, query, variables);
      expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    }
  });
});

/** Five times as many selections with each of its fragments, in three dozen tokens each. */
const fragmentsWithinFragments = (count: number) =>
  times(count, (i) => `fragment F${i} on Booking { ${times(5, () => (i + 1 < count ? `...F${i + 1}` : 'id'))} }`);

/** Well-formed, within all limits, and each once answered with 500. */
const TRAPS: [name: string, selection: string, variables: string, values: object][] = [
  ['fragments within fragments', '{ ...F0 }', '', {}],
  ['a directive without its argument', '@include { id }', '', {}],
  ['a directive whose argument is of no use', '@include(if: "yes") { id }', '', {}],
  ['a directive whose variable is known later', '@include(if: $x) { id }', '$x: Boolean!', { x: true }],
  ['a directive whose variable is null after all', '{ id @skip(if: $x) }', '$x: Boolean = true', { x: null }],
];

describe('a document that makes a rule throw', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('embedded');
  });
  afterAll(() => office.close());

  test.each(TRAPS)('is refused with 400, as what it is: %s', async (name, selection, variables, values) => {
    const rest = `${selection} } ${name.startsWith('fragments') ? fragmentsWithinFragments(9) : ''}`;
    const all = ['$id: ID!', variables].join(' ');
    for (const head of [
      `query (${all}) { booking(id: $id)`,
      `subscription (${all}) { bookingStatusChanged(bookingId: $id)`,
    ]) {
      const { status, errors } = await graphql(office.url, `${head} ${rest}`, { id: '1', ...values });
      const isAnswered = head.startsWith('query') && name.endsWith('known later');
      expect({ head, status, errors }).toMatchObject({ head, status: isAnswered ? 200 : 400 });
      for (const { extensions } of errors ?? []) {
        expect(extensions.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
      }
    }
    const watch = `subscription (${all}) { bookingStatusChanged(bookingId: $id) ${rest}`;
    const [error] = await openSubscriber(office.websocketUrl)
      .subscribe(watch, { id: '1', ...values })
      .errors();
    expect(error?.extensions?.['code']).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
  });
});

/** As deep as a body of 64 KiB lets one nest: no stack is that high. */
const DEEP: [name: string, depth: number, open: string, close: string][] = [
  ['fields', 20_000, 'a{', '}'],
  ['fragments', 3_000, '...{', '}'],
  ['fragments', 13_000, '...{', '}'],
];

describe('where GRAPHQL_MAX_TOKENS was raised', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { env: { GRAPHQL_MAX_TOKENS: '100000' } });
  });
  afterAll(() => office.close());

  test.each(DEEP)(
    '%s nested %d deep are refused with 400 over HTTP, and over WebSocket',
    async (_name, depth, open, close) => {
      const document = (operation: string) =>
        `${operation} { ${open.repeat(depth)} __typename ${close.repeat(depth)} }`;
      const overHttp = await graphql(office.url, document('query'));
      expect(overHttp.status).toBe(400);
      const overSocket = await openSubscriber(office.websocketUrl).subscribe(document('subscription')).errors();
      for (const { message, extensions } of [...(overHttp.errors ?? []), ...overSocket]) {
        expect(extensions?.['code']).toMatch(/^(GRAPHQL_(PARSE|VALIDATION)_FAILED|BAD_USER_INPUT)$/);
        expect(message).not.toMatch(/stack/);
      }
    },
  );
});

describe('the schema', () => {
  const TYPE = '{ __type(name: "Booking") { name } }';
  const cases = [
    ['shown by default', {}, true],
    ['hidden in production', { NODE_ENV: 'production', AUTH_MODE: 'off' }, false],
    ['shown in production when asked for', { NODE_ENV: 'production', AUTH_MODE: 'off', INTROSPECTION: 'on' }, true],
    ['hidden when asked for', { INTROSPECTION: 'off' }, false],
  ] as const;

  test.each(cases)('is %s, and so is Sandbox', async (_name, env, shown) => {
    const office = await openBoxOffice('embedded', { env });
    for (const query of [getIntrospectionQuery(), TYPE, '{ __schema { types { name } } }']) {
      const { status, errors } = await graphql(office.url, query);
      expect([status, errors?.[0]?.extensions.code]).toEqual(
        shown ? [200, undefined] : [400, 'GRAPHQL_VALIDATION_FAILED'],
      );
    }
    const watch = openSubscriber(office.websocketUrl).subscribe('subscription { __schema { types { name } } }');
    expect((await watch.errors()).length).toBeGreaterThan(0);
    const page = await fetch(`${office.url}/graphql`, { headers: { accept: 'text/html' } });
    expect((await page.text()).includes('Sandbox')).toBe(shown);
    // The type of an object stays known: clients need it.
    expect(await graphql(office.url, '{ __typename }')).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    await office.close();
  });
});
