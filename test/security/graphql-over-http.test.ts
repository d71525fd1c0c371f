import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const SHOP = 'https://shop.example';
const ASKS_FOR_GRAPHQL = { accept: 'application/graphql-response+json, application/json' };
const MUTATION = 'mutation { createEvent(input: { title: "Concert", capacity: 1 }) { id } }';

/** What a page of another site can make a browser send without asking first, and other ways round the front door. */
const REFUSED: [name: string, path: string, init: RequestInit][] = [
  ['a query by GET', '/graphql?query={__typename}', {}],
  ['a mutation by GET', `/graphql?query=${encodeURIComponent(MUTATION)}`, {}],
  [
    'a mutation by GET past the CSRF check',
    `/graphql?query=${encodeURIComponent(MUTATION)}`,
    { headers: { 'apollo-require-preflight': '1' } },
  ],
  [
    'a mutation by GET as urql asks its queries',
    `/graphql?query=${encodeURIComponent(MUTATION)}`,
    { headers: ASKS_FOR_GRAPHQL },
  ],
  ['a form', '/graphql', form('application/x-www-form-urlencoded', `query=${encodeURIComponent(MUTATION)}`)],
  ['JSON dressed as text', '/graphql', form('text/plain', JSON.stringify({ query: MUTATION }))],
  [
    'a multipart form',
    '/graphql',
    form(
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${MUTATION}\r\n--x--`,
    ),
  ],
  ['JSON without a type', '/graphql', { method: 'POST', body: Buffer.from(JSON.stringify({ query: MUTATION })) }],
  ['a batch', '/graphql', post([{ query: MUTATION }, { query: MUTATION }])],
  ['a batch of one', '/graphql', post([{ query: MUTATION }])],
  ['a subscription', '/graphql', post({ query: 'subscription { eventStatsChanged(eventId: 1) { capacity } }' })],
  ['no query', '/graphql', post({})],
  ['a query that is no text', '/graphql', post({ query: { __typename: true } })],
  ['variables that are no object', '/graphql', post({ query: '{ __typename }', variables: '[]' })],
  ['an unknown operation', '/graphql', post({ query: MUTATION, operationName: 'other' })],
  ['two operations', '/graphql', post({ query: `query a { __typename } query b { __typename }` })],
  ['JSON that is none', '/graphql', form('application/json', '{"query":')],
  ['an empty body', '/graphql', { method: 'POST', headers: JSON_TYPE }],
  ['an unknown method', '/graphql', { method: 'PUT', headers: JSON_TYPE, body: JSON.stringify({ query: MUTATION }) }],
  ['a body of 64 KiB and more', '/graphql', post({ query: MUTATION, variables: { x: 'x'.repeat(65_536) } })],
  ['a document that is too deep to read', '/graphql', post({ query: '{ a '.repeat(2_000) })],
];

function post(body: unknown): RequestInit {
  return { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) };
}

function form(type: string, body: string): RequestInit {
  return { method: 'POST', headers: { 'content-type': type }, body };
}

describe('GraphQL over HTTP', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { env: { CORS_ORIGINS: SHOP, BATCH_LIMIT_BYTES: '65536' } });
  });
  afterAll(() => office.close());

  test.each(REFUSED)('%s is refused, and nothing is done', async (_name, path, init) => {
    const response = await fetch(office.url + path, init);
    const text = await response.text();
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(text).not.toMatch(/stack|node_modules|at .*\.(ts|js):/);
    expect((await office.container.report()).totalCapacity).toBe(0);
  });

  test.each([
    ['a program', {}, 200],
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 200],
    ['an allowed page', { 'sec-fetch-site': 'cross-site', origin: SHOP }, 200],
    ['a page of another site that cannot read the answer', { 'sec-fetch-site': 'cross-site' }, 400],
    ['a page of a neighbour that cannot read the answer', { 'sec-fetch-site': 'same-site' }, 400],
    ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 400],
    ['a page that hides where it is from', { origin: 'null' }, 400],
  ])(
    'a query by GET as urql sends it is answered when it comes from one who may read the answer: from %s',
    async (_name, headers, status) => {
      const url = `${office.url}/graphql?query={__typename}`;
      const response = await fetch(url, { headers: { ...ASKS_FOR_GRAPHQL, ...headers } });
      const answer = await response.json();
      expect(response.status).toBe(status);
      if (status === 200) {
        expect(answer).toEqual({ data: { __typename: 'Query' } });
        expect(response.headers.get('cache-control')).toBe('no-store');
      } else {
        expect(answer).toMatchObject({ errors: [{ message: expect.stringContaining('Cross-Site Request Forgery') }] });
      }
    },
  );

  test.each([
    ['a misspelt field', '{ eventz { edges { cursor } } }'],
    ['a misspelt argument', '{ event(idd: 1) { id } }'],
    ['a misspelt type', 'query ($x: EventInpt) { __typename }'],
    ['a misspelt enum value', '{ bookings(status: PENDNG) { edges { cursor } } }'],
  ])('an answer to %s does not say what was meant', async (_name, query) => {
    const text = await (await fetch(`${office.url}/graphql`, post({ query }))).text();
    expect(text).toMatch(/errors/);
    expect(text).not.toMatch(/Did you mean/);
  });

  test('persisted queries are off, so nothing is kept for those who send hashes', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'ab'.repeat(32) } };
    const response = await fetch(`${office.url}/graphql`, post({ extensions }));
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
    });
  });

  test('tracing is off, whoever asks for it', async () => {
    const headers = {
      ...JSON_TYPE,
      'apollo-tracing': '1',
      'x-apollo-tracing': '1',
      'apollo-federation-include-trace': 'ftv1',
    };
    const response = await fetch(`${office.url}/graphql`, { ...post({ query: '{ __typename }' }), headers });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
