import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { handshake } from '../support/handshake.ts';
import type { OpenApiDocument } from '../support/openapi-document.ts';

let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice('embedded', { worker: false });
});
afterAll(() => office.close());

describe('a path', () => {
  test.each([
    '/',
    '//',
    '/nope',
    '/event//',
    '/booking/',
    '/event//stats',
    '/event/1/nope',
    '/book/1',
    '/docs/static/nope.js',
  ])('that no route has is 404: %s', async (path) => {
    const response = await fetch(office.url + path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 404, detail: 'Not Found', code: 'NOT_FOUND' });
  });

  test.each([
    ['PUT', '/event', 'GET, HEAD, POST'],
    ['PUT', '/event/', 'GET, HEAD, POST'],
    ['GET', '/book', 'POST'],
    ['DELETE', '/event/1/stats', 'GET, HEAD'],
    ['PATCH', '/report?x=1', 'GET, HEAD'],
    ['POST', '/docs', 'GET, HEAD'],
    ['POST', '/docs/', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('with other methods than %s is 405 and says which: %s', async (method, path, allow) => {
    const body = method === 'GET' ? null : '<not json>';
    const response = await fetch(office.url + path, { method, body, headers: { 'content-type': 'application/json' } });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });
});

describe('a slash at the end changes nothing:', () => {
  const BODIES: Readonly<Record<string, object>> = {
    '/event': { title: 'Concert', capacity: 2 },
    '/book': { user_id: 42, event_id: 1 },
  };
  const send = (method: string, path: string, body?: object) => {
    const init = { method: method.toUpperCase(), ...(body && { body: JSON.stringify(body) }) };
    return fetch(office.url + path, { ...init, headers: { 'content-type': 'application/json' }, redirect: 'error' });
  };

  test('every documented route answers at once, also one with a body', async () => {
    const { paths } = (await (await fetch(`${office.url}/openapi.json`)).json()) as OpenApiDocument;
    await send('post', '/event', BODIES['/event']);
    await send('post', '/book', BODIES['/book']);
    const answered: string[] = [];
    for (const [template, methods] of Object.entries(paths)) {
      const path = template.replace(/\{\w+\}/g, '1');
      for (const method of Object.keys(methods)) {
        const { status } = await send(method, `${path}/`, method === 'post' ? BODIES[template] : undefined);
        answered.push(`${status} ${method} ${template}`);
        if (method === 'get')
          expect(await (await send(method, `${path}/?first=1`)).json()).toEqual(
            await (await send(method, `${path}?first=1`)).json(),
          );
      }
    }
    expect(answered.filter((line) => !line.startsWith('200 '))).toEqual([]);
    expect(answered.length).toBeGreaterThanOrEqual(9);
  });

  test.each(['/docs', '/openapi.json', '/livez', '/readyz', '/metrics'])('%s', async (path) => {
    const [plain, slash] = await Promise.all([send('get', path), send('get', `${path}/?`)]);
    expect(slash.status).toBe(200);
    expect(slash.headers.get('content-type')).toBe(plain.headers.get('content-type'));
  });

  test('/graphql, over HTTP and WebSocket', async () => {
    const answer = await send('post', '/graphql/', { query: '{ __typename }' });
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
    expect((await handshake(`${office.websocketUrl}/`)).status).toBe(101);
  });
});
