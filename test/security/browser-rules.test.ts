import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Ticket } from '../../src/tickets/ticket.entity.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { hold } from '../support/holds.ts';
import { HttpClient, type HttpRequest, send } from '../support/http-client.ts';
import type { OpenApiDocument } from '../support/openapi-document.ts';
import { handshake } from '../support/raw-socket.ts';
import { ticketsOf } from '../support/tickets.ts';
import { join } from '../support/waiting-list.ts';

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

  test('of CORS_ORIGINS may send all that the APIs take, and read all that they answer', async () => {
    const office = await openBoxOffice('embedded', { env: { CORS_ORIGINS: SHOP } });
    const names = (list: string | null) => (list ?? '').toLowerCase().split(/, */).sort();
    const asked = { origin: SHOP, 'access-control-request-method': 'POST' };
    const { headers: allowed } = await fetch(`${office.url}/book`, { method: 'OPTIONS', headers: asked });
    expect(names(allowed.get('access-control-allow-methods'))).toEqual(['get', 'patch', 'post']);
    expect(names(allowed.get('access-control-allow-headers'))).toEqual([
      'apollo-require-preflight',
      'authorization',
      'content-type',
      'idempotency-key',
      'x-request-id',
    ]);
    const answer = await fetch(`${office.url}/event`, { headers: { origin: SHOP } });
    await answer.text();
    expect(names(answer.headers.get('access-control-expose-headers'))).toEqual([
      'idempotency-replayed',
      'retry-after',
      'x-request-id',
    ]);
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

/** What a browser says of where a page came from, and whether it may change something here. */
type Page = [allowed: 'does' | 'does not do', name: string, headers: (url: string) => Record<string, string>];
const PAGES: Page[] = [
  ['does', 'a program', () => ({})],
  ['does', 'a page of ours', (url) => ({ origin: url, 'sec-fetch-site': 'same-origin' })],
  ['does', 'a page of ours in a browser of old', (url) => ({ origin: url })],
  [
    'does',
    'a page of ours behind a proxy',
    () => ({ origin: 'https://tickets.example', 'sec-fetch-site': 'same-origin' }),
  ],
  ['does', 'a page of CORS_ORIGINS', () => ({ origin: SHOP, 'sec-fetch-site': 'cross-site' })],
  ['does', 'a person', () => ({ 'sec-fetch-site': 'none' })],
  ['does not do', 'a page of another site', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
  ['does not do', 'the same in a browser of old', () => ({ origin: 'https://evil.example' })],
  ['does not do', 'the same, which hides its origin', () => ({ origin: 'null', 'sec-fetch-site': 'cross-site' })],
  ['does not do', 'the same, which sends none', () => ({ 'sec-fetch-site': 'cross-site' })],
  [
    'does not do',
    'a page of a neighbour',
    () => ({ origin: 'https://blog.shop.example', 'sec-fetch-site': 'same-site' }),
  ],
  ['does not do', 'a neighbour which sends no origin', () => ({ 'sec-fetch-site': 'same-site' })],
  ['does not do', 'a page of another port', () => ({ origin: 'http://127.0.0.1:1' })],
];

describe('whoever is asked by a browser to change something', () => {
  let office: BoxOffice;
  let eventId: number;
  let bookingId: number;
  /** Another for each test: it can be edited from its first version, and cancelled, once. */
  let spareId: number;
  /** As above; a hold can be confirmed once. */
  let heldId: number;
  /** Whose places are held. */
  let soldOutId: number;
  let entryId: number;
  let ticket: Ticket;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { env: { CORS_ORIGINS: SHOP } });
    eventId = (await office.container.createEvent({ title: 'Concert', capacity: 100 })).id;
    const made = await office.container.bookTicket({ eventId, userId: '7' });
    bookingId = made.kind === 'booked' ? made.booking.id : 0;
    [ticket] = (await ticketsOf(office.container, bookingId)) as [Ticket];
  });
  beforeEach(async () => {
    spareId = (await office.container.createEvent({ title: 'Play', capacity: 1 })).id;
    heldId = (await hold(office.container, eventId)).id;
    soldOutId = (await office.container.createEvent({ title: 'Gala', capacity: 1 })).id;
    await hold(office.container, soldOutId);
    entryId = (await join(office.container, soldOutId, 'first')).id;
  });
  afterAll(() => office.close());

  const form = { 'content-type': 'text/plain' };
  const json = { 'content-type': 'application/json' };
  /** One request for every route that is not only read. */
  const changes = (): Record<
    string,
    [path: string, headers: Record<string, string>, body?: string, method?: 'PATCH']
  > => ({
    '/event': ['/event', json, JSON.stringify({ title: 'Another', capacity: 1 })],
    '/event/{event_id}': [`/event/${spareId}`, json, JSON.stringify({ expected_version: 1, title: 'Opera' }), 'PATCH'],
    '/event/{event_id}/cancel': [`/event/${spareId}/cancel`, json, JSON.stringify({ reason: 'rain' })],
    '/book': ['/book', json, JSON.stringify({ event_id: eventId, user_id: 7 })],
    '/check-in': [
      '/check-in',
      json,
      JSON.stringify({ event_id: eventId, code: ticket.code, device_id: 'gate-1', nonce: 'n' }),
    ],
    '/check-in/batch': ['/check-in/batch', json, JSON.stringify({ event_id: eventId, scans: [] })],
    '/check-in/undo': ['/check-in/undo', json, JSON.stringify({ ticket_id: ticket.id, reason: 'mistake' })],
    '/booking/{booking_id}/extend-hold': [
      `/booking/${heldId}/extend-hold`,
      json,
      JSON.stringify({ hold_seconds: 700 }),
    ],
    '/event/{event_id}/waiting-list': [`/event/${soldOutId}/waiting-list`, json, JSON.stringify({ user_id: 7 })],
    '/waiting-list/{entry_id}/leave': [`/waiting-list/${entryId}/leave`, form],
    '/booking/{booking_id}/confirm': [`/booking/${heldId}/confirm`, json, '{}'],
    '/booking/{booking_id}/cancel': [`/booking/${bookingId}/cancel`, form],
    '/graphql': ['/graphql', json, JSON.stringify({ query: `mutation { cancelBooking(id: ${bookingId}) { id } }` })],
  });

  test.each(PAGES)('%s it for %s', async (does, _name, page) => {
    const allowed = does === 'does';
    for (const [path, own, body, method = 'POST'] of Object.values(changes())) {
      const before = await office.container.report();
      const headers = { ...own, ...page(office.url) };
      const { status, text } = await send(office.url, { method, path, headers, body });
      expect({ path, status }).toEqual({ path, status: allowed ? 200 : 403 });
      if (allowed) continue;
      expect(text).toMatch(/CORS_ORIGINS/);
      expect(await office.container.report()).toEqual(before);
    }
  });

  test('has no other route that changes something', async () => {
    const { paths } = (await (await fetch(`${office.url}/openapi.json`)).json()) as OpenApiDocument;
    const changing = Object.keys(paths).filter((path) => Object.keys(paths[path] as object).some((of) => of !== 'get'));
    expect([...changing, '/graphql'].sort()).toEqual(Object.keys(changes()).sort());
  });
});

describe('names that another site lets lead here', () => {
  /** @returns status and detail of what is answered to a request that gives this name */
  async function askAs(url: string, host: string, path = '/event'): Promise<[number, string]> {
    const client = new HttpClient();
    const headers = { host: host.replace('PORT', new URL(url).port) };
    const { status, body } = await client.send(url, { path, headers });
    client.close();
    return [status, body.detail ?? ''];
  }

  const OURS = [
    'localhost',
    'localhost:PORT',
    '127.0.0.1:PORT',
    '[::1]:PORT',
    '[::ffff:7f00:1]',
    'LOCALHOST.:1',
    'a.localhost',
  ];
  const STRANGERS = [
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'x',
    '[::1',
    '@',
  ];

  async function expectAnswers(env: Record<string, string>, ours: readonly string[], strangers: readonly string[]) {
    const office = await openBoxOffice('embedded', { env });
    for (const host of ours) expect([host, ...(await askAs(office.url, host))]).toEqual([host, 200, '']);
    for (const host of strangers) {
      const [status, detail] = await askAs(office.url, host);
      expect([host, status, detail]).toEqual([host, 421, expect.stringContaining('ALLOWED_HOSTS')]);
      expect([host, (await askAs(office.url, host, '/metrics'))[0]]).toEqual([host, 421]);
      // Whoever looks after the process may call it as they like.
      expect([host, ...(await askAs(office.url, host, '/readyz'))]).toEqual([host, 200, '']);
      const { status: opened } = await handshake(office.websocketUrl, undefined, { headers: { host } });
      expect([host, opened]).toEqual([host, 421]);
    }
    await office.close();
  }

  test('are not answered by a box office for one machine, whatever it is asked for', () =>
    expectAnswers({}, OURS, STRANGERS));

  test('are those that ALLOWED_HOSTS does not list; addresses and localhost need not stand there', () =>
    expectAnswers(
      { ALLOWED_HOSTS: 'shop.example, *.Tickets.example' },
      [...OURS, 'shop.example', 'SHOP.example:443', 'eu.tickets.example', 'a.b.tickets.example'],
      ['tickets.example', 'eviltickets.example', 'eu.shop.example'],
    ));

  test('are answered when ALLOWED_HOSTS is *', () =>
    expectAnswers({ ALLOWED_HOSTS: '*' }, [...OURS, 'evil.example'], []));
});

test('every answer carries the headers that keep a browser from being used against its owner', async () => {
  const office = await openBoxOffice('embedded');
  for (const [path, init] of [
    ['/livez', {}],
    ['/event', {}],
    ['/nowhere', {}],
    ['/book', { body: '{' }],
    ['/docs', {}],
    ['/openapi.json', {}],
    ['/graphql', { body: { query: '{ __typename }' } }],
    ['/graphql', { headers: { accept: 'text/html' } }],
  ] as [string, Partial<HttpRequest>][]) {
    const response = await send(office.url, { path, ...init });
    const isSandbox = path === '/graphql' && !('body' in init);
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
