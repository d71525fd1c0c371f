import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';

let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice('embedded');
});
afterAll(() => office.close());

test.each([
  ['/report', 'h2c', 200],
  ['/report', 'websocket', 200],
  ['/livez', 'websocket', 200],
  ['/nope', 'websocket', 404],
  ['/graphqlx', 'websocket', 404],
])('a request for %s that asks for an upgrade to %s is answered as any other', async (path, upgrade, status) => {
  const headers = {
    connection: 'Upgrade',
    upgrade,
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const sent = request(`${office.url}${path}`, { headers }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  expect(response.statusCode).toBe(status);
  await once(response, 'end');
});
