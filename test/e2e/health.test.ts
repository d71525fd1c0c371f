import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { book } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { createEvent } from '../support/graphql-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { SETUPS } from '../support/setups.ts';

const BACK_WITHIN_MS = 10_000;

describe.each(SETUPS)('%s: whoever runs the box office', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
  });
  afterAll(() => office.close());
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${office.url}${path}`, { headers });

  test('sees that it lives and is ready', async () => {
    expect((await get('/livez')).status).toBe(200);
    const response = await get('/readyz');
    expect(response.status).toBe(200);
    const redis = setup === 'embedded' ? {} : { redis: 'ok' };
    expect(await response.json()).toEqual({ status: 'ok', checks: { database: 'ok', ...redis } });
  });

  test('reads its figures in the Prometheus text format', async () => {
    const eventId = await createEvent(office.url, { capacity: 5 });
    await book(office, { eventId });
    const response = await get('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const lines = (await response.text()).trim().split('\n');
    const sample = /^[a-zA-Z_:][\w:]*(\{[^}]*\})? (-?\d+(\.\d+)?(e[+-]?\d+)?|NaN|[+-]Inf)( \d+)?$/i;
    expect(lines.filter((line) => line !== '' && !line.startsWith('# ') && !sample.test(line))).toEqual([]);
    expect(lines).toContain('# TYPE boxoffice_booking_group_size histogram');
    expect(lines).toContain('boxoffice_booking_group_size_count 1');
    expect(lines.some((line) => line.startsWith('process_cpu_seconds_total'))).toBe(true);
  });

  test('follows a request by its id, given or made', async () => {
    const made = new Set<string>();
    for (const path of ['/livez', '/graphql', '/no/such/page', '/metrics']) {
      expect((await get(path, { 'x-request-id': 'order-42.a_b' })).headers.get('x-request-id')).toBe('order-42.a_b');
      made.add((await get(path)).headers.get('x-request-id') ?? '');
    }
    expect(made.size).toBe(4);
    for (const bad of ['a b', 'x'.repeat(65), '"quoted"']) {
      const id = (await get('/livez', { 'x-request-id': bad })).headers.get('x-request-id');
      expect(id).toMatch(/^[\w-]{36}$/);
    }
  });
});

describe('with a Redis that stops, readiness', () => {
  let redis: RedisServer;
  let office: BoxOffice;
  beforeAll(async () => {
    redis = await startRedisServer();
    const env = { LOG_LEVEL: 'silent' };
    office = await openBoxOffice('sqlite + redis', { redisUrl: redis.url, worker: false, env });
  });
  afterAll(async () => {
    await office.close();
    await redis.remove();
  });

  test('is 503 and names Redis, while liveness stays 200, and is 200 again soon after Redis is back', async () => {
    await redis.stop();
    await eventually(async () => {
      const response = await fetch(`${office.url}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({
        status: 'unavailable',
        checks: { database: 'ok', redis: 'unavailable' },
      });
    });
    expect((await fetch(`${office.url}/livez`)).status).toBe(200);
    await redis.start();
    await eventually(async () => (await fetch(`${office.url}/readyz`)).status === 200, { timeoutMs: BACK_WITHIN_MS });
  });

  test('is 503 within a bound while Redis is frozen', async () => {
    redis.pause();
    try {
      expect((await fetch(`${office.url}/readyz`, { signal: AbortSignal.timeout(10_000) })).status).toBe(503);
    } finally {
      redis.resume();
    }
    await eventually(async () => (await fetch(`${office.url}/readyz`)).status === 200, { timeoutMs: BACK_WITHIN_MS });
  });
});
