import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WATCH_BOOKING, type WatchedBooking } from '../support/booking-watch.ts';
import type { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { migrateUrl, testRedisUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { expectReady } from '../support/fault-expectations.ts';
import { Fleet } from '../support/fleet.ts';
import { bookTicket, createEvent, graphql } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { queryPostgres, urlOfDatabase } from '../support/query-database.ts';
import { unprivilegedUser } from '../support/services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

const BOOK = 'mutation ($input: BookTicketInput!) { bookTicket(input: $input) { __typename } }';
const TABLES = 'events, bookings, tickets';

describe('an API of a PostgreSQL', () => {
  let postgres: PostgresServer;
  let folder: TemporaryFolder;
  let fleet: Fleet;
  let api: BoxOfficeProcess;
  let eventId: string;
  beforeAll(async () => {
    folder = await temporaryFolder('hba', await unprivilegedUser());
    await allowSeller('scram-sha-256');
    postgres = await startPostgresServer({ settings: { hba_file: join(folder.path, 'pg_hba.conf') } });
    await admin('create database sales');
    await migrateUrl(urlOfDatabase(postgres.url, 'sales'));
    await admin(`create role seller login password 'right'`);
    await inSales(`grant select, insert, update, delete on all tables in schema public to seller`);
    await inSales('grant usage on all sequences in schema public to seller');
    const url = new URL(urlOfDatabase(postgres.url, 'sales'));
    Object.assign(url, { username: 'seller', password: 'right' });
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    const env = { DATABASE_URL: url.href, REDIS_URL: testRedisUrl(), REDIS_PREFIX: prefix };
    fleet = new Fleet(env, () => postgres.remove());
    api = await fleet.start('api');
    eventId = await createEvent(api.url, { capacity: 100 });
  });
  afterAll(async () => {
    await fleet.close();
    await folder.remove();
  });

  const admin = (sql: string) => queryPostgres(postgres.url, sql);
  const inSales = (sql: string) => queryPostgres(urlOfDatabase(postgres.url, 'sales'), sql);
  /** So that the next request needs a new connection. */
  const endSessions = () =>
    admin(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'seller'`);
  const allowSeller = async (method: string) => {
    const rules = ['host all postgres 127.0.0.1/32 trust', `host all seller 127.0.0.1/32 ${method}`];
    await writeFile(join(folder.path, 'pg_hba.conf'), `${rules.join('\n')}\n`, { mode: 0o644 });
  };
  const reloadWith = async (method: string) => {
    await allowSeller(method);
    await admin('select pg_reload_conf()');
  };
  const sessionsAllowed = async (allowed: boolean) => {
    await admin(`alter database sales with allow_connections ${allowed}`);
    if (!allowed) await endSessions();
  };

  /** What is done to it, and undone. */
  const FAULTS: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    ['that rejects its address (pg_hba)', () => reloadWith('reject'), () => reloadWith('scram-sha-256')],
    ['that takes no connections', () => sessionsAllowed(false), () => sessionsAllowed(true)],
    [
      'whose database was renamed',
      async () => {
        await sessionsAllowed(false);
        await eventually(() => admin('alter database sales rename to elsewhere'));
      },
      async () => {
        await admin('alter database elsewhere rename to sales');
        await sessionsAllowed(true);
      },
    ],
    [
      'that got another password',
      () => admin(`alter role seller password 'other'`),
      () => admin(`alter role seller password 'right'`),
    ],
    ['that bars its role', () => admin('alter role seller nologin'), () => admin('alter role seller login')],
    [
      'that gives its role no connection',
      () => admin('alter role seller connection limit 0'),
      () => admin('alter role seller connection limit -1'),
    ],
    [
      'on which a GRANT is missing',
      () => inSales(`revoke select, insert on ${TABLES} from seller`),
      () => inSales(`grant select, insert on ${TABLES} to seller`),
    ],
  ];

  test.each(FAULTS)(
    '%s says SERVICE_UNAVAILABLE and when to try again, and books afterwards',
    async (_what, fault, undo) => {
      await fault();
      await endSessions();
      const book = () => graphql(api.url, BOOK, { input: { eventId, userId: 'alice' } });
      const { errors } = await book();
      expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 } }]);
      const rest = await send(api.url, { path: '/book', body: { user_id: 42, event_id: Number(eventId) } });
      expect([rest.status, rest.headers.get('retry-after')]).toEqual([503, '1']);
      expect(rest.body).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
      await undo();
      await expectReady(api.url);
      await eventually(async () => expect((await book()).errors).toBeUndefined(), { timeoutMs: 5_000 });
    },
  );

  test('that takes no connections for a while: who watches, and who comes meanwhile, sees the end and no error', async () => {
    const booking = await bookTicket(api.url, { eventId });
    const client = createClient({ url: `${api.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const watch = () => {
      const seen: string[] = [];
      const ended = (async () => {
        const variables = { id: (booking as { id: string }).id };
        for await (const { data, errors } of client.iterate<WatchedBooking>({ query: WATCH_BOOKING, variables })) {
          if (errors) throw new Error(JSON.stringify(errors));
          seen.push(data?.bookingStatusChanged.status ?? 'nothing');
        }
        return seen;
      })();
      return { seen, ended };
    };
    const before = watch();
    await eventually(() => expect(before.seen).toEqual(['PENDING']));
    await sessionsAllowed(false);
    const during = watch();
    await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(503));
    await sessionsAllowed(true);
    await eventually(() => expect(during.seen).toEqual(['PENDING']), { timeoutMs: 10_000 });
    const worker = await fleet.start('worker');
    expect(await Promise.all([before.ended, during.ended])).toEqual([
      ['PENDING', 'FINALIZED'],
      ['PENDING', 'FINALIZED'],
    ]);
    await Promise.all([client.dispose(), worker.stop()]);
  });
});
