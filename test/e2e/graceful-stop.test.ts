import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { BoxOfficeProcess, INFO, WARN } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { expectNothingLost } from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { bookingsOf, bookTicket, createEvent } from '../support/graphql-client.ts';
import { HttpClient } from '../support/http-client.ts';
import { readyz } from '../support/readiness.ts';
import { startRedisServer } from '../support/redis-server.ts';
import type { Setup } from '../support/setups.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const stopBoundMs = 10_000;
const LONGEST_DRAIN_MS = 3_000;

let fleet: Fleet;

function ofSetup(setup: Setup): void {
  beforeEach(async () => {
    fleet = await openFleet(setup);
  });
  afterEach(() => fleet.close());
}

/** @returns the close code that the server sends */
async function watchNumbers(url: string, eventId: string): Promise<{ closeCode: Promise<number> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closeCode = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const query = 'subscription ($eventId: ID!) { eventStatsChanged(eventId: $eventId) { bookedCount } }';
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables: { eventId } } }));
  await once(socket, 'message');
  return { closeCode };
}

describe.each([
  ['postgresql + redis', 'api'],
  ['embedded', 'serve'],
] as const)('%s: %s', (setup, role) => {
  ofSetup(setup);

  test('SIGTERM under load answers or refuses every request, loses no booking, and exits with 0', async () => {
    const office = await fleet.start(role);
    const eventId = await createEvent(office.url, { capacity: 100_000 });
    const { closeCode } = await watchNumbers(office.url, eventId);
    const load = new BookingLoad([office.url], eventId, { concurrency: 40, pauseMs: 5 });
    await eventually(() => load.booked.length >= 100);

    const { afterMs, ...exit } = await office.stop('SIGTERM');
    const attempts = await load.stop();
    expect(exit).toEqual({ code: 0, signal: null });
    expect(afterMs).toBeLessThan(stopBoundMs);
    expect(office.stderr).toBe('');
    expect(office.logged('stopping')).toMatchObject([{ level: INFO, signal: 'SIGTERM' }]);
    expect(office.logs.at(-1)).toMatchObject({ level: INFO, msg: 'stopped' });
    expect(await closeCode).toBe(1001);

    const { booked = 0, unanswered = 0, HTTP503 = 0 } = tallyOfStop(attempts);
    expect(booked + unanswered + HTTP503).toBe(attempts.length);
    const next = await fleet.start(role);
    await expectNothingLost(next.url, eventId, attempts);
    const owners = [...(await bookingsOf(next.url, eventId)).values()].map(({ userId }) => userId);
    expect(owners.sort()).toEqual(load.booked.map(({ input }) => input.userId).sort());
  });
});

/** Fastify refuses with 503 what arrives on an open connection once it is closing. */
function tallyOfStop(attempts: Parameters<typeof tally>[0]): Record<string, number> {
  const { 'HTTP 503': refused = 0, ...others } = tally(attempts);
  return { ...others, HTTP503: refused };
}

/** A client that keeps one connection open and uses it again. */
class KeepAliveClient {
  readonly #http = new HttpClient({ maxSockets: 1 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @returns the status and what is to become of the connection; the code of the error when there was no answer */
  ask(path = '/event'): Promise<[status: number, connection: string | null] | string> {
    return this.#http.send(this.#url, { path }).then(
      ({ status, headers }) => [status, headers.get('connection')],
      ({ code }: NodeJS.ErrnoException) => code ?? 'unknown',
    );
  }
}

describe('embedded: clients whose next request is on its way when SIGTERM comes', () => {
  ofSetup('embedded');
  const CLIENTS = 20;
  const alike = <T>(answer: T) => Array.from({ length: CLIENTS }, () => answer);

  async function untilOnTheWay(drainMs: number) {
    const office = await fleet.start('serve', { SHUTDOWN_DRAIN_MS: `${drainMs}` });
    const proxy = await startTcpProxy(office.url);
    const clients = Array.from(
      { length: CLIENTS },
      () => new KeepAliveClient(proxy.through(office.url).replace(/\/$/, '')),
    );
    expect(await Promise.all(clients.map((client) => client.ask()))).toEqual(alike([200, 'keep-alive']));
    proxy.set({ kind: 'hold' });
    const answers = Promise.all(clients.map((client) => client.ask()));
    await eventually(() => proxy.heldConnections === CLIENTS);
    return { office, proxy, answers };
  }

  test('are answered, and their connections end in order; a balancer was told before, and may still come', async () => {
    const { office, proxy, answers } = await untilOnTheWay(LONGEST_DRAIN_MS);
    const eventId = await createEvent(office.url, { capacity: 10 });
    const { closeCode } = await watchNumbers(office.url, eventId);
    const stopped = office.stop('SIGTERM');
    await eventually(async () =>
      expect(await readyz(office.url)).toMatchObject({ httpStatus: 503, status: 'stopping' }),
    );
    proxy.set({ kind: 'pass' });
    expect(await answers).toEqual(alike([200, 'close']));
    expect(await new KeepAliveClient(office.url).ask('/livez')).toEqual([200, 'close']);
    expect(await bookTicket(office.url, { eventId })).toMatchObject({ status: 'PENDING' });
    const { afterMs, ...exit } = await stopped;
    expect(exit).toEqual({ code: 0, signal: null });
    expect(afterMs).toBeLessThan(stopBoundMs);
    expect(await closeCode).toBe(1001);
    await proxy.close();
  });

  test('(control) are cut off with SHUTDOWN_DRAIN_MS=0', async () => {
    const { office, proxy, answers } = await untilOnTheWay(0);
    expect(await office.stop('SIGTERM')).toMatchObject({ code: 0 });
    proxy.set({ kind: 'pass' });
    expect(await answers).toEqual(alike('ECONNRESET'));
    await proxy.close();
  });
});

describe('a box office, embedded:', () => {
  ofSetup('embedded');

  test('a second signal ends it at once, whatever it is waiting for', async () => {
    const office = await fleet.start('serve', { ISSUANCE_DELAY_MS: '600000' });
    const eventId = await createEvent(office.url, { capacity: 10 });
    expect(await bookTicket(office.url, { eventId })).toMatchObject({ status: 'PENDING' });
    office.signal('SIGTERM');
    await eventually(() => office.logged('stopping').length > 0);
    const { afterMs, ...exit } = await office.stop('SIGTERM');
    expect(exit).toEqual({ code: 1, signal: null });
    expect(afterMs).toBeLessThan(2_000);
    expect(office.logs.at(-1)).toMatchObject({ level: WARN, msg: 'second signal, exiting at once' });
  });

  test('SIGTERM while a job runs that takes longer than SHUTDOWN_TIMEOUT_MS exits with 0 then, and the next start finalizes', async () => {
    const office = await fleet.start('serve', { ISSUANCE_DELAY_MS: '600000', SHUTDOWN_TIMEOUT_MS: '1000' });
    const eventId = await createEvent(office.url, { capacity: 10 });
    const booked = await bookTicket(office.url, { eventId });
    const { afterMs, code } = await office.stop('SIGTERM');
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(4_000);
    expect(office.logs.at(-1)).toMatchObject({ level: WARN, msg: 'not everything ended in time, exiting' });
    const next = await fleet.start('serve');
    await eventually(async () => {
      const [stored] = (await bookingsOf(next.url, eventId)).values();
      expect(stored).toMatchObject({ id: 'id' in booked && booked.id, status: 'FINALIZED' });
    });
  });

  test('SIGTERM during start-up ends it soon and quietly, and the next start works', async () => {
    const file = fleet.env['DATABASE_URL']?.replace('sqlite:', '') ?? '';
    const triggers = [() => true, () => existsSync(file), () => existsSync(`${file}-wal`)];
    for (const trigger of triggers) {
      const office = new BoxOfficeProcess(['serve'], fleet.env);
      await eventually(trigger, { timeoutMs: 20_000, intervalMs: 1 });
      await expectQuietEnd(office);
    }
    const next = await fleet.start('serve');
    expect(await createEvent(next.url, { capacity: 1 })).toBe('1');
  });
});

describe('a box office with Redis:', () => {
  test('SIGTERM while it waits for a Redis that does not answer ends it soon and quietly', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    fleet = await openFleet('sqlite + redis', {
      redisUrl: `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    });
    const office = new BoxOfficeProcess(['api', '--migrate'], fleet.env);
    const [socket] = await once(silent, 'connection');
    await expectQuietEnd(office);
    socket.destroy();
    silent.close();
    await fleet.remove();
  });

  test('SIGTERM while Redis is away, or does not answer, exits with 0', async () => {
    await Promise.all([stopWithoutRedis('stopped'), stopWithoutRedis('paused')]);
  });
});

async function stopWithoutRedis(state: 'stopped' | 'paused'): Promise<void> {
  const redis = await startRedisServer();
  const office = await openFleet('sqlite + redis', { redisUrl: redis.url });
  const env = { SHUTDOWN_DRAIN_MS: `${LONGEST_DRAIN_MS}` };
  const processes = await Promise.all([office.start('api', env), office.start('worker', env)]);
  const url = processes[0].url;
  const eventId = await createEvent(url, { capacity: 10 });
  await bookTicket(url, { eventId });
  if (state === 'paused') {
    redis.pause();
  } else {
    await redis.stop();
    const told = 'redis is away, going on without it';
    await eventually(() => processes.every((process) => process.logged(told).length > 0));
  }
  expect(await bookTicket(url, { eventId })).toMatchObject({ status: 'PENDING' });

  for (const { url } of processes) expect(await readyz(url)).toMatchObject({ httpStatus: 200, status: 'ok' });
  const stopped = Promise.all(processes.map((process) => process.stop()));
  const stopping = { httpStatus: 503, status: 'stopping' };
  await eventually(async () => {
    for (const { url } of processes) expect(await readyz(url)).toMatchObject(stopping);
  });
  for (const { code, afterMs } of await stopped) {
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(stopBoundMs);
  }
  await office.close();
  await redis.remove();
}

async function expectQuietEnd(office: BoxOfficeProcess): Promise<void> {
  const { code, signal, afterMs } = await office.stop('SIGTERM');
  expect(afterMs).toBeLessThan(stopBoundMs);
  // Before its handlers are set the signal itself ends the process.
  expect(signal ?? code).toBe(signal === null ? 0 : 'SIGTERM');
  expect(office.stderr).toBe('');
}
