import { randomBytes } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { type BoxOfficeProcess, type LogLine, WARN } from '../support/boxoffice-process.ts';
import { testRedisUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import {
  expectAnsweredInTime,
  expectNobodyStranded,
  expectNothingLost,
  expectReady,
  expectRetriesFindTheSame,
} from '../support/fault-expectations.ts';
import { Fleet } from '../support/fleet.ts';
import { createEvent } from '../support/graphql-client.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';

const MAX_CONNECTIONS = 12;
const OURS = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'boxoffice %'`;

describe('an API and a worker', () => {
  let postgres: PostgresServer;
  let fleet: Fleet;
  let api: BoxOfficeProcess;
  let worker: BoxOfficeProcess;
  beforeAll(async () => {
    const settings = {
      max_connections: `${MAX_CONNECTIONS}`,
      superuser_reserved_connections: '0',
      max_wal_senders: '0',
    };
    postgres = await startPostgresServer({ settings });
    const env = { DATABASE_URL: postgres.url, REDIS_URL: testRedisUrl() };
    fleet = new Fleet({ ...env, REDIS_PREFIX: `test-${randomBytes(6).toString('hex')}` }, () => postgres.remove());
    api = await fleet.start('api');
    worker = await fleet.start('worker', { SWEEP_AGE_MS: '1000' });
  });
  afterAll(() => fleet.close());

  test('whose pools have more connections than PostgreSQL say so with both numbers, when their start makes them too many', () => {
    expect(aboutConnections(api)).toEqual([]);
    expect(aboutConnections(worker)).toEqual([
      expect.objectContaining({
        msg: expect.stringMatching(/^PostgreSQL has 12 connections to give, and 20 may be asked for: /),
        pool: 10,
        otherPools: 10,
        otherProcesses: 1,
        otherConnections: 0,
        maxConnections: MAX_CONNECTIONS,
        reservedConnections: 0,
      }),
    ]);
  });

  test('answer every request in time beside a PostgreSQL without a free connection, and all is well when there is one', async () => {
    const eventId = await createEvent(api.url, { capacity: 100_000 });
    const load = new BookingLoad([api.url], eventId, { concurrency: 10, pauseMs: 100 });
    await eventually(() => load.booked.length >= 20, { timeoutMs: 15_000 });

    const letGo = await takeEveryConnection(postgres.url);
    const from = performance.now();
    await eventually(() => load.attempts.filter(({ startedAt }) => startedAt > from).length >= 40, {
      timeoutMs: 20_000,
    });
    expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
    const to = performance.now();
    await letGo();
    await expectReady(api.url);
    await eventually(() => load.booked.some(({ startedAt }) => startedAt > to), { timeoutMs: 10_000 });
    const attempts = await load.stop();

    expectAnsweredInTime(attempts);
    const { booked, SERVICE_UNAVAILABLE = 0, BUSY = 0, ...surprising } = tally(attempts);
    expect(surprising).toEqual({});
    expect(SERVICE_UNAVAILABLE + BUSY).toBeGreaterThanOrEqual(30);
    expect(booked).toBeGreaterThan(20);
    for (const running of fleet.processes) expect(running.exit).toBeNull();
    await expectNothingLost(api.url, eventId, attempts);
    await expectRetriesFindTheSame(api.url, eventId, attempts);
    await expectNobodyStranded(api.url, eventId);
  });
});

function aboutConnections(office: BoxOfficeProcess): LogLine[] {
  return office.logs.filter(({ level, msg }) => level === WARN && msg.startsWith('PostgreSQL has'));
}

/** Somebody else's application that takes what it can get, the box office's connections as well. @returns what ends it */
async function takeEveryConnection(url: string): Promise<() => Promise<void>> {
  const held: MikroORM[] = [];
  const hold = async () => {
    const orm = new MikroORM({
      clientUrl: url,
      entities: [],
      ensureDatabase: false,
      discovery: { warnWhenNoEntities: false },
      pool: { min: 0, max: 1, idleTimeoutMillis: 600_000 },
    });
    try {
      await orm.em.getConnection().execute(OURS);
      held.push(orm);
    } catch {
      await orm.close(true);
    }
  };
  await eventually(
    async () => {
      await hold();
      await Promise.all(held.map((orm) => orm.em.getConnection().execute(OURS)));
      return held.length === MAX_CONNECTIONS;
    },
    { timeoutMs: 15_000, intervalMs: 1 },
  );
  return async () => {
    await Promise.all(held.map((orm) => orm.close(true)));
  };
}
