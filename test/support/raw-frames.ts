import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { eventually } from './eventually.ts';

const UPGRADE_BOUND_MS = 20_000;
const TEXT = 0x81;
const CLOSE = 0x88;
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'graphql-transport-ws',
  'sec-websocket-key': randomBytes(16).toString('base64'),
};

/** A TCP connection that has been upgraded to a WebSocket, without a library that would keep it from misbehaving. */
export interface FrameSocket {
  readonly socket: Socket;
  /** The server's close code once the connection has ended; null when it sent none. */
  readonly closed: Promise<number | null>;
  /** What has arrived so far. */
  readonly frames: () => Frame[];
  /** The messages among them. */
  readonly messages: () => Record<string, unknown>[];
}

export interface Frame {
  readonly firstByte: number;
  readonly payload: Buffer;
}

/** @param localAddress from where to connect: each address of 127.0.0.0/8 has ports of its own */
export async function openFrameSocket(url: string, localAddress = '127.0.0.1'): Promise<FrameSocket> {
  const asking = request(`${url}/graphql`, { localAddress, headers: UPGRADE, timeout: UPGRADE_BOUND_MS });
  const stop = (problem: string) => asking.destroy(new Error(`not upgraded: ${problem}`));
  asking.once('timeout', () => stop('no answer')).once('response', ({ statusCode }) => stop(`${statusCode}`));
  asking.end();
  const [, socket, head] = (await once(asking, 'upgrade')) as [IncomingMessage, Socket, Buffer];
  socket.setTimeout(0).on('error', () => undefined);
  let received = head;
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
  });
  const frames = () => framesIn(received);
  // Not `once`, which rejects when the connection is reset.
  const closed = new Promise<number | null>((resolve) => socket.once('close', () => resolve(closeCode(frames()))));
  const messages = () =>
    frames().flatMap(({ firstByte, payload }) => (firstByte === TEXT ? [JSON.parse(`${payload}`)] : []));
  return { socket, closed, frames, messages };
}

/** A client's frame of up to 65,535 bytes. https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export function frame(firstByte: number, payload: Buffer | string = '', { masked = true } = {}): Buffer {
  const data = Buffer.from(payload);
  const mask = masked ? 0x80 : 0;
  const length = data.length < 126 ? [mask | data.length] : [mask | 126, data.length >> 8, data.length & 0xff];
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from([firstByte, ...length, ...(masked ? [0, 0, 0, 0] : [])]), data]);
}

/** One message of the protocol in one frame. */
export function messageFrame(message: object): Buffer {
  return frame(TEXT, JSON.stringify(message));
}

/** The beginning of a masked frame that announces `length` bytes. */
export function announcing(firstByte: number, length: bigint): Buffer {
  const head = Buffer.from([firstByte, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(length, 2);
  return head;
}

/** Those that are here as a whole. Server frames are not masked, and those in question are no longer than 65,535 bytes. */
function framesIn(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + 1 < bytes.length; ) {
    const long = bytes[at + 1] === 126;
    if (long && at + 4 > bytes.length) break;
    const start = at + (long ? 4 : 2);
    const end = start + (long ? bytes.readUInt16BE(at + 2) : (bytes[at + 1] as number));
    if (end > bytes.length) break;
    frames.push({ firstByte: bytes[at] as number, payload: bytes.subarray(start, end) });
    at = end;
  }
  return frames;
}

/** null as long as the server has not said that it closes. */
export function closeCode(frames: readonly Frame[]): number | null {
  const close = frames.find(({ firstByte }) => firstByte === CLOSE);
  return close && close.payload.length >= 2 ? close.payload.readUInt16BE(0) : null;
}

const open: FrameSocket[] = [];

/** A socket of bare frames that has gone through connection_init. */
export async function acknowledged(url: string, connectionParams?: object): Promise<FrameSocket> {
  const client = await openFrameSocket(url);
  open.push(client);
  client.socket.write(messageFrame({ type: 'connection_init', payload: connectionParams }));
  await eventually(() => client.messages().length === 1);
  return client;
}

export function closeFrameSockets(): void {
  for (const { socket } of open.splice(0)) socket.destroy();
}

/** In one write, so that they arrive together. */
export function write({ socket }: FrameSocket, messages: readonly object[]): void {
  socket.write(Buffer.concat(messages.map(messageFrame)));
}

export const complete = (id: string) => ({ id, type: 'complete' });

/** What the server has sent under this id. */
export function sentFor(id: string, client: FrameSocket): Record<string, unknown>[] {
  return client.messages().filter((message) => message['id'] === id);
}

interface Source {
  readonly ended: boolean;
}

/** Sources of subscriptions, as they are opened. */
export class Sources<T extends Source = Source> {
  readonly opened: T[] = [];
  /** The most that were open at the same time. */
  mostAlive = 0;

  get alive(): number {
    return this.opened.filter(({ ended }) => !ended).length;
  }

  note<S extends T>(source: S): S {
    this.opened.push(source);
    this.mostAlive = Math.max(this.mostAlive, this.alive);
    return source;
  }
}
