import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { send } from '../support/http-client.ts';
import type { OpenApiDocument } from '../support/openapi-document.ts';
import { handshake } from '../support/raw-socket.ts';

let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice('embedded', { worker: false });
});
afterAll(() => office.close());

describe('a path', () => {
  test.each(['/nope', '/event//', '/event//stats', '/event/1/nope', '/book/1', '/docs/static/nope.js'])(
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
    ['PUT', '/event/', 'GET, HEAD, POST'],
    ['GET', '/book', 'POST'],
    ['DELETE', '/booking/', 'GET, HEAD'],
    ['DELETE', '/event/1/stats', 'GET, HEAD'],
    ['PATCH', '/report?x=1', 'GET, HEAD'],
    ['POST', '/docs', 'GET, HEAD'],
    ['POST', '/docs/', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('with other methods than %s is 405 and says which: %s', async (method, path, allow) => {
    const answer = await send(office.url, { method, path, ...(method !== 'GET' && { body: '<not json>' }) });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.body).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });
});

describe('a slash at the end', () => {
  const BODIES: Readonly<Record<string, object>> = {
    '/event': { title: 'Concert', capacity: 20 },
    '/book': { user_id: 42, event_id: 1 },
  };
  const ask = (method: string, path: string, body?: object) =>
    send(office.url, { method: method.toUpperCase(), path, body });

  test('of any documented route changes nothing, also of one with a body', async () => {
    const { paths } = (await (await fetch(`${office.url}/openapi.json`)).json()) as OpenApiDocument;
    await ask('post', '/event', BODIES['/event']);
    await ask('post', '/book', BODIES['/book']);
    const answered: number[] = [];
    for (const [template, methods] of Object.entries(paths)) {
      const path = template.replace(/\{\w+\}/g, '1');
      for (const method of Object.keys(methods)) {
        const body = method === 'post' ? BODIES[template] : undefined;
        const { status } = await ask(method, `${path}/`, body);
        expect([template, status]).toEqual([template, (await ask(method, path, body)).status]);
        answered.push(status);
        if (method === 'get')
          expect((await ask(method, `${path}/?first=1`)).text).toBe((await ask(method, `${path}?first=1`)).text);
      }
    }
    expect(answered.filter((status) => status === 200).length).toBeGreaterThanOrEqual(11);
  });

  test.each(['/docs', '/openapi.json', '/livez', '/readyz', '/metrics'])('of %s changes nothing', async (path) => {
    const [plain, slash] = await Promise.all([ask('get', path), ask('get', `${path}/?`)]);
    expect(slash.status).toBe(200);
    expect(slash.headers.get('content-type')).toBe(plain.headers.get('content-type'));
  });

  test('of /graphql changes nothing, over HTTP and WebSocket', async () => {
    const answer = await ask('post', '/graphql/', { query: '{ __typename }' });
    expect(answer.body).toEqual({ data: { __typename: 'Query' } });
    expect((await handshake(`${office.websocketUrl}/`)).status).toBe(101);
  });
});
