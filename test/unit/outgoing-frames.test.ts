import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { OutgoingFrames } from '../../src/http/graphql/outgoing-frames.ts';
import { eventually } from '../support/eventually.ts';

const MAX_UNSENT_BYTES = 262_144;
const PATIENT = { maxUnsentBytes: MAX_UNSENT_BYTES, sendTimeoutMs: 60_000 };
/** More than any system buffers between two sockets. */
const MORE_THAN_THE_SYSTEM_TAKES = 1_000_000;

let server: WebSocketServer;
const clients: WebSocket[] = [];
beforeAll(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false });
  await once(server, 'listening');
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await eventually(() => server.clients.size === 0);
});
afterAll(() => server.close());

/** Both ends of a socket whose client reads nothing. */
async function unread(): Promise<{ client: WebSocket; socket: WebSocket }> {
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  clients.push(client);
  const [[socket]] = await Promise.all([accepted, once(client, 'open')]);
  client.pause();
  return { client, socket };
}

test('pongs that are not read do not pile up, and the newest ping is answered when they are', async () => {
  const { client, socket } = await unread();
  const frames = new OutgoingFrames(socket, PATIENT);
  let pings = 0;
  while (socket.bufferedAmount === 0 && pings < MORE_THAN_THE_SYSTEM_TAKES)
    frames.pong(Buffer.from(`${pings++}`.padEnd(125)));
  const waiting = socket.bufferedAmount;
  expect(waiting).toBeGreaterThan(0);
  for (let more = 0; more < 10_000; more++) frames.pong(Buffer.from(`${pings++}`));
  expect(socket.bufferedAmount).toBe(waiting);
  let last = '';
  client.on('pong', (data) => {
    last = `${data}`;
  });
  client.resume();
  await eventually(() => last === `${pings - 1}`);
});

test('a client for which too much waits is cut off, which is told once', async () => {
  const { client, socket } = await unread();
  const onSlow = vi.fn();
  const frames = new OutgoingFrames(socket, { ...PATIENT, onSlow });
  const frame = 'x'.repeat(1_000);
  let most = 0;
  for (let sent = 0; sent < MORE_THAN_THE_SYSTEM_TAKES && socket.readyState === socket.OPEN; sent++) {
    void frames.send(frame);
    most = Math.max(most, socket.bufferedAmount);
  }
  expect(socket.readyState).not.toBe(socket.OPEN);
  expect(most).toBeLessThan(MAX_UNSENT_BYTES + 2 * frame.length);
  expect(onSlow).toHaveBeenCalledOnce();
  client.resume();
  expect(await once(client, 'close')).toEqual([1006, expect.anything()]);
});

test('many short frames count for what they take, not for what they say', async () => {
  const { socket } = await unread();
  const frames = new OutgoingFrames(socket, PATIENT);
  while (socket.bufferedAmount === 0) void frames.send('x'.repeat(60_000));
  const before = socket.bufferedAmount;
  while (socket.readyState === socket.OPEN) void frames.send('x');
  expect(socket.bufferedAmount - before).toBeLessThan(MAX_UNSENT_BYTES / 100);
});

test('one for which something waits too long is cut off as well', async () => {
  const { socket } = await unread();
  const frames = new OutgoingFrames(socket, { ...PATIENT, sendTimeoutMs: 50 });
  while (socket.bufferedAmount === 0) void frames.send('x'.repeat(60_000));
  await once(socket, 'close');
});

test('whoever waits goes on when the client has read, or is gone', async () => {
  const { client, socket } = await unread();
  const frames = new OutgoingFrames(socket, PATIENT);
  socket.once('close', () => frames.closed());
  const untilFull = () => {
    let held: Promise<void> | undefined;
    while (!held) held = frames.send('x'.repeat(60_000));
    return held;
  };
  const first = untilFull();
  client.resume();
  await first;
  expect(frames.send('x')).toBeUndefined();
  client.pause();
  const second = untilFull();
  client.terminate();
  await second;
});
