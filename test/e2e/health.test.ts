import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { book } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { testPostgresUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';
import { rush } from '../support/outcomes.ts';
import { queryPostgres } from '../support/query-database.ts';
import { allWell, readyz } from '../support/readiness.ts';
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
    const eventId = await createEvent(office.url, { capacity: 10 });
    await book(office, { eventId, quantity: 2 });
    await rush(4, () => office.container.bookTicket({ eventId: Number(eventId), userId: 'alice' }));
    const response = await get('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const lines = (await response.text()).trim().split('\n');
    const sample = /^[a-zA-Z_:][\w:]*(\{[^}]*\})? (-?\d+(\.\d+)?(e[+-]?\d+)?|NaN|[+-]Inf)( \d+)?$/i;
    expect(lines.filter((line) => line !== '' && !line.startsWith('# ') && !sample.test(line))).toEqual([]);
    expect(lines).toContain('# TYPE boxoffice_booking_group_size histogram');
    const figure = (name: string) => Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
    expect(figure('boxoffice_booking_group_size_sum')).toBe(5);
    expect(figure('boxoffice_booking_group_size_count')).toBeGreaterThan(1);
    expect(figure('boxoffice_booking_group_size_count')).toBeLessThan(5);
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

describe('with a Redis that stops, a box office', () => {
  let redis: RedisServer;
  let office: BoxOffice;
  let eventId: string;
  beforeAll(async () => {
    redis = await startRedisServer();
    const env = { LOG_LEVEL: 'silent' };
    office = await openBoxOffice('sqlite + redis', { redisUrl: redis.url, worker: false, env });
    eventId = await createEvent(office.url, { capacity: 10 });
  });
  afterAll(async () => {
    await office.close();
    await redis.remove();
  });

  const WITHOUT_REDIS = { httpStatus: 200, status: 'ok', checks: { database: 'ok', redis: 'unavailable' } };
  const dependenciesUp = async () => {
    const figures = await (await fetch(`${office.url}/metrics`)).text();
    return figures.split('\n').filter((line) => line.startsWith('boxoffice_dependency_up{'));
  };

  test('stays ready, because it sells; what is amiss is in the checks and the figures', async () => {
    expect(await dependenciesUp()).toEqual([
      'boxoffice_dependency_up{dependency="database"} 1',
      'boxoffice_dependency_up{dependency="redis"} 1',
    ]);
    await redis.stop();
    await eventually(async () => expect(await readyz(office.url)).toEqual(WITHOUT_REDIS));
    expect(await dependenciesUp()).toEqual([
      'boxoffice_dependency_up{dependency="database"} 1',
      'boxoffice_dependency_up{dependency="redis"} 0',
    ]);
    expect(await bookTicket(office.url, { eventId })).toMatchObject({ status: 'PENDING' });
    await redis.start();
    await eventually(() => allWell(office.url), { timeoutMs: BACK_WITHIN_MS });
  });

  test('says so within a bound while Redis is frozen', async () => {
    redis.pause();
    try {
      expect(await readyz(office.url)).toEqual(WITHOUT_REDIS);
    } finally {
      redis.resume();
    }
    await eventually(() => allWell(office.url), { timeoutMs: BACK_WITHIN_MS });
  });
});

describe('with a PostgreSQL that only lets read, a box office', () => {
  let office: BoxOffice;
  let database: string;
  beforeAll(async () => {
    office = await openBoxOffice('postgresql + redis', { env: { LOG_LEVEL: 'silent' }, worker: false });
    const { database: config } = office.container.config;
    database = new URL(config.kind === 'postgresql' ? config.url : '').pathname.slice(1);
  });
  afterAll(() => office.close());

  /** For connections made from now on; all that there are end. */
  const set = async (setting: string) => {
    await queryPostgres(testPostgresUrl(), `alter database ${database} ${setting}`);
    await queryPostgres(
      testPostgresUrl(),
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
    );
  };

  test('is not ready, because it cannot sell, and is ready again when it can', async () => {
    const eventId = await createEvent(office.url, { capacity: 10 });
    expect(await readyz(office.url)).toMatchObject({ httpStatus: 200, status: 'ok' });
    await set('set default_transaction_read_only = on');
    const away = { httpStatus: 503, status: 'unavailable', checks: { database: 'unavailable', redis: 'ok' } };
    await eventually(async () => expect(await readyz(office.url)).toEqual(away));
    // It answers all the same.
    await eventually(async () => expect((await fetch(`${office.url}/event/${eventId}`)).status).toBe(200));
    await expect(bookTicket(office.url, { eventId })).rejects.toThrow('SERVICE_UNAVAILABLE');
    await set('reset default_transaction_read_only');
    await eventually(() => allWell(office.url), { timeoutMs: BACK_WITHIN_MS });
    expect(await bookTicket(office.url, { eventId })).toMatchObject({ status: 'PENDING' });
  });
});
