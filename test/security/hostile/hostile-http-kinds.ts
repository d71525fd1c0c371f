import { get, NO_HTTP, ODD, post, SMUGGLING } from '../malformed-requests.ts';
import { sendRaw } from '../raw-http.ts';
import { asking, CREATE, sendAndCut, sending } from './hostile-http.ts';
import type { HostileKind } from './hostile-kind.ts';
import { CROWD, CROWD_SIZE, SLOW_ATTACKER } from './hostile-stage.ts';

const PATHS = ['/graphql', '/book', '/event', '/booking/1/cancel'];
const FORM_TYPES = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'];
const NO_JSON_TYPES = ['application/xml', 'text/json', 'application/graphql', 'application/octet-stream', ';', 'json'];
const NO_JSON = [
  '{',
  '[',
  '"',
  'nul',
  '{"query":',
  '{"a":1,}',
  '{"query": NaN}',
  '{"query": undefined}',
  "{'query': 1}",
  '{"query": "\\x"}',
  '{"query": "\u0001"}',
  '{} {}',
  '['.repeat(5_000),
  '{"a":'.repeat(5_000),
  '\ufeff{',
];
const TRAVERSALS = [
  '/docs/static/../../../../package.json',
  '/docs/static/%2e%2e/%2e%2e/%2e%2e/package.json',
  '/docs/static/..%2f..%2f..%2fpackage.json',
  '/docs/static/..%5c..%5cpackage.json',
  '/docs/static/....//....//package.json',
  '/docs/static//etc/passwd',
  '/docs/static/index.html%00',
  '/docs/static/.env',
  '/docs/static/%c0%ae%c0%ae/passwd',
  '/docs/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '//etc/passwd',
  '/..;/report',
  '/event/../report',
  '/event/%2e%2e/report',
  '/event/1%2f..%2f..%2freport',
  '/.git/config',
  '/data/boxoffice.db',
];
const LONG = 'a'.repeat(6_000);
const HEADERS = [
  `Authorization: Bearer ${LONG}`,
  `Authorization: ${LONG}`,
  `Authorization: Bearer \xff\xfe`,
  `X-Long: ${LONG}${LONG}${LONG}`,
  `Cookie: ${'a=b; '.repeat(5_000)}`,
  'a: b\r\n'.repeat(3_000).trim(),
  `X-Forwarded-For: ${'127.0.0.1, '.repeat(2_000)}`,
];

const HALF = ['GET /liv', 'GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: ', post('Content-Length: 10\r\n', '{"a')];

export const HTTP_KINDS: readonly HostileKind[] = [
  asking('broken JSON', 350, ({ buyers }, random) => {
    const path = random.pick(['/graphql', '/book', '/event']);
    return { path, headers: random.pick(buyers), body: random.pick(NO_JSON) };
  }),
  asking('huge bodies', 200, ({ buyers }, random) => {
    const body = { query: CREATE, title: 'x'.repeat(random.int(66_000, 300_000)) };
    return { path: random.pick(['/graphql', '/book']), headers: random.pick(buyers), body };
  }),
  asking('wrong content types', 250, ({ buyers }, random) => {
    const headers = { 'content-type': random.pick(NO_JSON_TYPES), ...random.pick(buyers) };
    return { path: '/graphql', headers, body: { query: CREATE } };
  }),
  asking('forms of other sites', 250, (_stage, random) => {
    const headers = { 'content-type': random.pick(FORM_TYPES), origin: 'https://evil.example', cookie: 'session=1' };
    const body = random.pick([`query=${encodeURIComponent(CREATE)}`, { query: CREATE }, 'event_id=1']);
    return { path: random.pick(PATHS), headers, body };
  }),
  sending('oversized and malformed headers', 250, (random) => {
    const bytes = random.chance(0.5)
      ? random.pick(NO_HTTP)[1]
      : get(`${random.pick(HEADERS)}\r\nConnection: close\r\n`);
    // What is public needs no token, and a bad one is refused.
    return bytes.replace('GET /livez', 'GET /event/0');
  }),
  sending('request smuggling', 500, (random) => random.pick(SMUGGLING)[1]),
  sending('odd targets, methods and versions', 300, (random) => random.pick(ODD)[2], {
    harmless: ({ statuses, text }) => statuses.join() === '200' && text.endsWith('{"status":"ok"}'),
  }),
  asking('path traversal and encoded paths', 300, (_stage, random) => ({ path: random.pick(TRAVERSALS) })),
  sending('slow headers and bodies', 150, (random) => random.pick(HALF), { localAddress: SLOW_ATTACKER }),
  {
    name: 'crowds from one address',
    count: 5,
    send: async ({ url, buyers }, _from, random) => {
      const token = `Authorization: ${random.pick(buyers)['authorization']}\r\n`;
      const half = post(`${token}Connection: close\r\nContent-Length: 90\r\n`, '{"a');
      const from = { localAddress: CROWD };
      const shapes = Array.from({ length: CROWD_SIZE }, () => [half, get('Connection: close\r\n')]).flat();
      const crowd = await Promise.all(shapes.map((shape) => sendRaw(url, shape, from)));
      // Whether it lives is answered while there is room.
      const statuses = crowd.flatMap((answer) => answer.statuses).filter((status) => status !== 200);
      if (!statuses.includes(429)) throw new Error(`nobody was turned away: ${statuses}`);
      return { statuses, text: crowd.map(({ text }) => text).join('\n') };
    },
  },
  {
    name: 'connections cut in the middle',
    count: 295,
    send: (stage, from, random) => {
      const bytes = random.pick([
        ...SMUGGLING.slice(0, 5).map(([, shape]) => shape),
        post('Content-Length: 90\r\n', '{"a'),
      ]);
      return sendAndCut(stage, from, bytes.slice(0, random.int(1, bytes.length)));
    },
  },
];
