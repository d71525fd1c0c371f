import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { openFleet } from '../support/fleet.ts';
import { HttpClient } from '../support/http-client.ts';
import { acknowledgedSocket, closeRawSockets } from '../support/raw-socket.ts';
import { sendRaw } from './raw-http.ts';

const HERE = '127.0.0.2';
const ELSEWHERE = '127.0.0.3';
const OPEN_FILES = 256;
/** What connections leave for files and the like. */
const RESERVED_FILES = 100;

const opened: BoxOffice[] = [];
const idle: Socket[] = [];
afterEach(async () => {
  await closeRawSockets();
  for (const connection of idle.splice(0)) connection.destroy();
  for (const office of opened.splice(0)) await office.close();
});

async function open(env: Record<string, string>): Promise<BoxOffice> {
  const office = await openBoxOffice('embedded', { env: { LOG_LEVEL: 'silent', ...env }, worker: false });
  opened.push(office);
  return office;
}

/** Stays open and idle, as long as the server lets it; tells whether it does. */
async function connected(url: string, localAddress: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const connection = connect({ host: hostname, port: Number(port), localAddress });
  idle.push(connection);
  connection.on('error', () => undefined);
  connection.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return new Promise((resolve) => {
    connection.once('data', () => resolve(true));
    connection.once('close', () => resolve(false));
  });
}

async function connectedOf(url: string, localAddress: string, count: number): Promise<number> {
  const kept = await Promise.all(Array.from({ length: count }, () => connected(url, localAddress)));
  return kept.filter(Boolean).length;
}

/** The status that a new connection from there is answered with; null when it is closed without an answer. */
async function statusFor(url: string, localAddress: string): Promise<number | null> {
  const client = new HttpClient({ keepAlive: false, localAddress });
  const answer = await client.send(url, { path: '/livez' }).catch(() => null);
  return answer?.status ?? null;
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1] ?? 0,
  );
}

describe('connections are counted, not requests:', () => {
  test('an address may have so many, WebSockets among them; another one may, and one that comes when one has left', async () => {
    const { url, websocketUrl } = await open({ ADDRESS_MAX_CONNECTIONS: '3' });
    const { socket, closed } = await acknowledgedSocket(websocketUrl, { localAddress: HERE });
    expect(await connectedOf(url, HERE, 4)).toBe(2);
    expect(await statusFor(url, ELSEWHERE)).toBe(200);
    expect(await metric(url, 'boxoffice_connections_refused_total{limit="address"}')).toBe(2);
    socket.close();
    await closed;
    await eventually(async () => expect(await statusFor(url, HERE)).toBe(200));
  });

  test('a proxy of TRUST_PROXY may have as many as there are', async () => {
    const { url } = await open({ ADDRESS_MAX_CONNECTIONS: '1', TRUST_PROXY: HERE });
    expect(await connectedOf(url, HERE, 5)).toBe(5);
    expect(await connectedOf(url, ELSEWHERE, 5)).toBe(1);
  });

  test('a process takes so many of all addresses together, and one address at most half of them', async () => {
    const { url } = await open({ MAX_CONNECTIONS: '8' });
    expect(await connectedOf(url, HERE, 20)).toBe(4);
    expect(await connectedOf(url, ELSEWHERE, 20)).toBe(4);
    expect(await statusFor(url, '127.0.0.4')).toBeNull();
    for (const connection of idle.splice(0)) connection.destroy();
    await eventually(async () => expect(await metric(url, 'boxoffice_connections')).toBe(1));
    expect(await metric(url, 'boxoffice_connections_refused_total{limit="total"}')).toBeGreaterThan(0);
  });

  test('a process with few file descriptors says so, and no address can take them all', async () => {
    const fleet = await openFleet('embedded');
    try {
      const office = await fleet.start('serve', {}, { openFiles: OPEN_FILES });
      const taken = OPEN_FILES - RESERVED_FILES;
      expect(office.logs).toContainEqual(
        expect.objectContaining({ openFiles: OPEN_FILES, maxConnections: 10_000, taken, level: 40 }),
      );
      expect(await connectedOf(office.url, HERE, 2 * OPEN_FILES)).toBe(taken / 2);
      expect(await statusFor(office.url, ELSEWHERE)).toBe(200);
      expect((await fetch(`${office.url}/readyz`)).status).toBe(200);
    } finally {
      await fleet.close();
    }
  });
});

describe('requests that are sent ahead of their answers', () => {
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const statusesIn = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  const last = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

  test('are answered in order when they are few', async () => {
    const { url } = await open({});
    const { text } = await sendRaw(url, `${get('/livez')}${get('/nowhere').repeat(15)}${last}`);
    expect(statusesIn(text)).toEqual([200, ...Array.from({ length: 15 }, () => 404), 200]);
  });

  test('end the connection when they are many', async () => {
    const { url } = await open({});
    const { text } = await sendRaw(url, `${get('/livez').repeat(1_000)}${last}`);
    expect(statusesIn(text).length).toBeLessThanOrEqual(17);
    expect(await statusFor(url, HERE)).toBe(200);
  });
});
