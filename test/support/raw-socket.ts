import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { MessageQueue } from './message-queue.ts';

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
