import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { graphql } from '../support/graphql-client.ts';
import { acknowledgedSocket, closeRawSockets } from '../support/raw-socket.ts';

/** The checks of graphql-cop, by its names, each against a box office as it is in production. https://github.com/dolevf/graphql-cop */
const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const circular = (levels: number): string => (levels === 0 ? 'name' : `fields { type { ${circular(levels - 1)} } }`);

/** What stands in a selection; each must be refused before anything is resolved, on both transports. */
const DOCUMENTS: [name: string, selection: string][] = [
  ['Alias Overloading', times(101, (i) => `alias${i}: __typename`)],
  ['Field Duplication', times(500, () => '__typename')],
  ['Directive Overloading', `__typename ${times(10, () => '@aa')}`],
  ['Field Suggestions', '__schema { directive }'],
  ['Introspection', '__schema { queryType { name } types { name fields { name args { name } } } directives { name } }'],
  ['Introspection Query Circular Reference', `__schema { types { ${circular(4)} } }`],
  ['Unhandled Errors Detection', 'qwerty'],
];

/** Ways in that are shut. */
const REQUESTS: [name: string, path: string, init: RequestInit][] = [
  ['Array-based Query Batching', '/graphql', json(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })))],
  ['GET Method Query Support', '/graphql?query=%7B__typename%7D', {}],
  ['GET based Mutations', '/graphql?query=mutation%7B__typename%7D', {}],
  [
    'POST based url-encoded query',
    '/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'query=%7B__typename%7D',
    },
  ],
  ['GraphQL IDE', '/graphql', { headers: { accept: 'text/html' } }],
  ['GraphQL IDE, elsewhere', '/graphiql', { headers: { accept: 'text/html' } }],
];

function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

describe('graphql-cop finds no', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { env: { NODE_ENV: 'production', AUTH_MODE: 'off' } });
  });
  afterAll(async () => {
    await closeRawSockets();
    await office.close();
  });

  const expectRefused = (errors: readonly { message: string; extensions?: { code?: string } }[] | undefined) => {
    expect(errors?.length).toBeGreaterThan(0);
    for (const { message, extensions } of errors ?? []) {
      expect(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED']).toContain(extensions?.code);
      expect(JSON.stringify(extensions)).not.toMatch(/stack|exception|tracing/i);
      expect(message).not.toMatch(/Did you mean/);
    }
  };

  test.each(DOCUMENTS)('%s over HTTP', async (_name, selection) => {
    const { status, data, errors } = await graphql(office.url, `query { ${selection} }`);
    expect([status, data ?? null]).toEqual([400, null]);
    expectRefused(errors);
  });

  test.each(DOCUMENTS)('%s over WebSocket', async (_name, selection) => {
    const { send, messages } = await acknowledgedSocket(office.websocketUrl);
    send({ id: '1', type: 'subscribe', payload: { query: `subscription { ${selection} }` } });
    const message = await messages.next();
    expect(message['type']).toBe('error');
    expectRefused(message['payload'] as { message: string; extensions: { code: string } }[]);
  });

  test.each(REQUESTS)('%s', async (_name, path, init) => {
    const response = await fetch(office.url + path, init);
    const text = await response.text();
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(text).not.toMatch(/"data":|graphql|sandbox|playground|__typename"/i);
  });

  test('Trace Mode', async () => {
    const answer = await graphql(office.url, '{ __typename }', {}, { 'x-apollo-tracing': '1' });
    expect(answer).toEqual({ status: 200, data: { __typename: 'Query' } });
  });
});
