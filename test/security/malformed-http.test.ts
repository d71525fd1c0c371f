import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOfficeProcess, WARN } from '../support/boxoffice-process.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { get, NO_HTTP, ODD, post, SMUGGLING } from './malformed-requests.ts';
import { type RawAnswer, sendRaw } from './raw-http.ts';

/** Short, so that a test need not wait long; the good requests come in one piece. */
const BRIEF = { HTTP_HEADERS_TIMEOUT_MS: '1000', HTTP_REQUEST_TIMEOUT_MS: '2000' };

describe('malformed HTTP', () => {
  let fleet: Fleet;
  let office: BoxOfficeProcess;
  beforeAll(async () => {
    fleet = await openFleet('embedded');
    office = await fleet.start('serve', BRIEF);
  });
  afterAll(() => fleet.close());

  /** Sends it, and then a good request; neither leaves a trace. */
  async function send(bytes: string): Promise<RawAnswer> {
    const logged = office.logs.length;
    const answer = await sendRaw(office.url, bytes);
    const good = await fetch(`${office.url}/event`);
    expect([good.status, await good.json()]).toEqual([200, { items: [], has_next_page: false, end_cursor: null }]);
    expect(office.logs.slice(logged).filter(({ level }) => level >= WARN)).toEqual([]);
    expect(office.stderr).toBe('');
    expect(office.exit).toBeNull();
    return answer;
  }

  function expectProblem({ statuses, text }: RawAnswer, status: number, title: string, code: string): void {
    expect(statuses).toEqual([status]);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toMatch(/^Content-Type: application\/problem\+json$/m);
    expect(head).toMatch(/^Connection: close$/m);
    expect(JSON.parse(body)).toEqual({
      type: 'about:blank',
      title,
      status,
      detail: expect.any(String),
      code,
      retryable: false,
    });
  }

  test.each([...SMUGGLING, ...NO_HTTP])(
    'such as %s gets one answer, 400, and the connection is closed',
    async (_name, bytes) => {
      expectProblem(await send(bytes), 400, 'Bad Request', 'BAD_REQUEST');
    },
  );

  test.each([
    ['a header of 20 KB', get(`X-A: ${'a'.repeat(20_000)}\r\n`)],
    ['3,000 headers', get('a: b\r\n'.repeat(3_000))],
    ['a target of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ])('such as %s gets 431, and the connection is closed', async (_name, bytes) => {
    expectProblem(await send(bytes), 431, 'Request Header Fields Too Large', 'BAD_REQUEST');
  });

  test('such as chunk extensions of 20 KB gets 413, and the connection is closed', async () => {
    const bytes = post('Transfer-Encoding: chunked\r\n', `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`);
    expectProblem(await send(bytes), 413, 'Payload Too Large', 'PAYLOAD_TOO_LARGE');
  });

  test.each([
    ['nothing at all', ''],
    ['half a first line', 'GET /liv'],
    ['headers that do not end', 'GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: '],
    ['half a body', post('Content-Length: 10\r\n', '{"event')],
    ['a chunk that does not come', post('Transfer-Encoding: chunked\r\n', '5\r\n{')],
  ])('such as %s gets 408, and the connection is closed', async (_name, bytes) => {
    expectProblem(await send(bytes), 408, 'Request Timeout', 'BAD_REQUEST');
  });

  test.each(ODD)('such as %s gets %j, and the connection is closed', async (_name, statuses, bytes) => {
    expect((await send(bytes)).statuses).toEqual(statuses);
  });
});
