import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import { within } from './eventually.ts';

/** A WebSocket that sends whatever a test wants, also what no client library would. */
export interface RawSocket {
  readonly socket: WebSocket;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly messages: MessageQueue<Record<string, unknown>>;
  send(message: object): void;
  sendText(text: string): void;
}

const open = new Set<WebSocket>();

export function openRawSocket(
  url: string,
  protocols: string[] = ['graphql-transport-ws'],
  options: ClientOptions = {},
): RawSocket {
  const socket = new WebSocket(url, protocols, options);
  const messages = new MessageQueue<Record<string, unknown>>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  open.add(socket);
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  socket.on('error', () => undefined);
  socket.on('close', (code, reason) => {
    open.delete(socket);
    closed.resolve({ code, reason: String(reason) });
  });
  return {
    socket,
    opened: once(socket, 'open'),
    closed: closed.promise,
    messages,
    send: (message) => socket.send(JSON.stringify(message)),
    sendText: (text) => socket.send(text),
  };
}

/** One that has gone through connection_init. */
export async function acknowledgedSocket(url: string, options: ClientOptions = {}): Promise<RawSocket> {
  const raw = openRawSocket(url, undefined, options);
  await raw.opened;
  raw.send({ type: 'connection_init' });
  const answer = await raw.messages.next();
  if (answer['type'] !== 'connection_ack') throw new Error(`Expected connection_ack, got ${JSON.stringify(answer)}`);
  return raw;
}

/** Cuts those a test left open, and waits until they are. */
export async function closeRawSockets(): Promise<void> {
  await Promise.all(
    [...open].map(async (socket) => {
      const closed = once(socket, 'close');
      socket.terminate();
      await closed;
    }),
  );
}

/** Asks for a socket, and what was answered: 101 when it was opened, which then is closed again. */
export function handshake(
  websocketUrl: string,
  origin?: string,
  options: ClientOptions = {},
): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  const socket = new WebSocket(websocketUrl, 'graphql-transport-ws', {
    ...options,
    ...(origin !== undefined && { origin }),
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => socket.close());
    socket.once('close', () => resolve({ status: 101, headers: {} }));
    socket.once('unexpected-response', (request, { statusCode, headers }) => {
      request.destroy();
      resolve({ status: statusCode as number, headers });
    });
    socket.once('error', reject);
  });
}

const WAIT_MS = 12_000;

/** Keeps what arrives until a test asks for it, so nothing is missed between two questions. */
export class MessageQueue<T> {
  readonly #arrived: T[] = [];
  #wake: (() => void) | null = null;

  get unread(): readonly T[] {
    return this.#arrived;
  }

  push(message: T): void {
    this.#arrived.push(message);
    this.#wake?.();
  }

  /** The oldest unread message. Rejects when none comes within 12 seconds, which is before LiveUpdates' own recheck. */
  async next(timeoutMs = WAIT_MS): Promise<T> {
    if (this.#arrived.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await within(timeoutMs, promise);
      this.#wake = null;
    }
    if (this.#arrived.length === 0) throw new Error(`No message came within ${timeoutMs} ms`);
    return this.#arrived.shift() as T;
  }
}
