import { describe, expect, test } from '@jest/globals';
import { openBoxOffice } from '../support/box-office.ts';
import { handshake } from '../support/handshake.ts';

const SHOP = 'https://shop.example';

const openFrom = async (url: string, origin?: string) => (await handshake(url, origin)).status;

describe('pages of other sites', () => {
  test('may call and watch only when CORS_ORIGINS names them', async () => {
    const office = await openBoxOffice('embedded', { env: { CORS_ORIGINS: `${SHOP}, http://localhost:5173` } });
    const { url, websocketUrl } = office;
    for (const [origin, allowed] of [
      [SHOP, true],
      ['http://localhost:5173', true],
      ['https://shop.example.evil.example', false],
      ['https://evil-shop.example', false],
      ['http://shop.example', false],
      ['null', false],
    ] as const) {
      const preflight = await fetch(`${url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });
      expect(preflight.headers.get('access-control-allow-origin')).toBe(allowed ? origin : null);
      const answer = await fetch(`${url}/event`, { headers: { origin } });
      expect(answer.headers.get('access-control-allow-origin')).toBe(allowed ? origin : null);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      await answer.text();
      expect(await openFrom(websocketUrl, origin)).toBe(allowed ? 101 : 403);
    }
    await office.close();
  });

  test('may not call by default; our own pages, and what is no browser, may watch', async () => {
    const office = await openBoxOffice('embedded');
    const { url, websocketUrl } = office;
    const headers = { origin: SHOP, 'access-control-request-method': 'POST' };
    const preflight = await fetch(`${url}/graphql`, { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    await preflight.text();
    expect(await openFrom(websocketUrl, SHOP)).toBe(403);
    expect(await openFrom(websocketUrl, 'not an origin')).toBe(403);
    expect(await openFrom(websocketUrl, url)).toBe(101);
    expect(await openFrom(websocketUrl, undefined)).toBe(101);
    await office.close();
  });
});

test('every answer carries the headers that keep a browser from being used against its owner', async () => {
  const office = await openBoxOffice('embedded');
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
  for (const [path, init] of [
    ['/livez', {}],
    ['/event', {}],
    ['/nowhere', {}],
    ['/book', { ...json, body: '{' }],
    ['/docs', {}],
    ['/openapi.json', {}],
    ['/graphql', { ...json, body: JSON.stringify({ query: '{ __typename }' }) }],
    ['/graphql', { headers: { accept: 'text/html' } }],
  ] as [string, RequestInit][]) {
    const response = await fetch(office.url + path, init);
    await response.arrayBuffer();
    const isSandbox = path === '/graphql' && !('method' in init);
    const isPage = ['/docs', '/openapi.json'].includes(path);
    const policy = isPage ? /default-src 'self'.*frame-ancestors 'none'/ : "default-src 'none'; frame-ancestors 'none'";
    expect({ path, ...Object.fromEntries(response.headers) }).toMatchObject({
      path,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringMatching(/max-age=\d{7,}/),
      // Apollo Sandbox brings its policy in the page.
      ...(!isSandbox && { 'content-security-policy': expect.stringMatching(policy) }),
    });
    expect(response.headers.get('x-powered-by')).toBeNull();
  }
  await office.close();
});
