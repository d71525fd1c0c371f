import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';

let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice('embedded', { worker: false });
});
afterAll(() => office.close());

describe('a path', () => {
  test.each(['/', '/nope', '/event/', '/event//stats', '/event/1/nope', '/book/1', '/docs/static/nope.js'])(
    'that no route has is 404: %s',
    async (path) => {
      const response = await fetch(office.url + path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toMatch('application/problem+json');
      expect(await response.json()).toMatchObject({ status: 404, detail: 'Not Found', code: 'NOT_FOUND' });
    },
  );

  test.each([
    ['PUT', '/event', 'GET, HEAD, POST'],
    ['GET', '/book', 'POST'],
    ['DELETE', '/event/1/stats', 'GET, HEAD'],
    ['PATCH', '/report?x=1', 'GET, HEAD'],
    ['POST', '/docs', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('with other methods than %s is 405 and says which: %s', async (method, path, allow) => {
    const body = method === 'GET' ? null : '<not json>';
    const response = await fetch(office.url + path, { method, body, headers: { 'content-type': 'application/json' } });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });
});
