import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../../support/box-office.ts';
import { graphql } from '../../support/graphql-client.ts';
import { send } from '../../support/http-client.ts';
import { openSubscriber } from '../../support/subscriber.ts';

describe('what random input showed once:', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { worker: false });
  });
  afterAll(() => office.close());

  test.each(['te?xt/plain', 'text/pl"ain', 'a(b)/c', 'caf\u00e9/x; charset=utf-8'])(
    'a Content-Type that is none is not answered with 415: %s',
    async (contentType) => {
      const headers = { 'content-type': contentType };
      const answer = await send(office.url, { path: '/event', headers, body: '{}' });
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ detail: [{ type: 'model_attributes_type', input: '{}' }] });
    },
  );

  test.each([
    ['cannot be read', Uint8Array.of(0xff)],
    ['is no JSON', '{'],
    ['is too large', 'x'.repeat(100_000)],
  ])('a path that no route has is 404, also with a body that %s', async (_name, body) => {
    const answer = await send(office.url, { path: '/booking//cancel', body });
    expect([answer.status, answer.body]).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
  });

  test('more faults in variables than are listed are the fault of the caller', async () => {
    const query = 'mutation ($input: CreateEventInput!) { createEvent(input: $input) { id } }';
    const unknown = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`unknown${i}`, i]));
    const { status, errors = [] } = await graphql(office.url, query, { input: unknown });
    expect(status).toBe(400);
    expect(errors.length).toBeGreaterThan(5);
    for (const { extensions } of errors) expect(extensions.code).toBe('BAD_USER_INPUT');
  });

  test.each([{}, { id: null }, { id: { a: 1 } }])(
    'variables that fit no type have a code over WebSocket as well: %j',
    async (variables) => {
      const query = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { version } }';
      const errors = await openSubscriber(office.websocketUrl).subscribe(query, variables).errors();
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    },
  );
});
