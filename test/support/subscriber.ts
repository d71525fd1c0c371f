import type { GraphQLFormattedError } from 'graphql';
import { createClient, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { MessageQueue } from './raw-socket.ts';

export type Errors = readonly GraphQLFormattedError[];

type Message<T> =
  | { readonly kind: 'next'; readonly data: T | null; readonly errors?: Errors }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'complete' };

/** What one subscription was sent, in order. */
export class Watch<T> {
  readonly queue = new MessageQueue<Message<T>>();
  unsubscribe: () => void = () => undefined;

  /** The next value; rejects when something else comes. */
  async next(timeoutMs?: number): Promise<T> {
    const message = await this.queue.next(timeoutMs);
    if (message.kind === 'next' && message.data && !message.errors) return message.data;
    throw new Error(`Expected a value, got ${describe(message)}`);
  }

  /** Rejects when something else comes. */
  async completed(): Promise<void> {
    const message = await this.queue.next();
    if (message.kind !== 'complete') throw new Error(`Expected the end, got ${describe(message)}`);
  }

  /** All values up to `complete`. */
  async rest(): Promise<T[]> {
    const values: T[] = [];
    for (;;) {
      const message = await this.queue.next();
      if (message.kind === 'complete') return values;
      if (message.kind === 'error' || !message.data) throw new Error(`Expected a value, got ${describe(message)}`);
      values.push(message.data);
    }
  }

  /** Takes values until one fits. */
  async until(fits: (value: T) => boolean): Promise<T[]> {
    const values: T[] = [];
    do values.push(await this.next());
    while (!fits(values.at(-1) as T));
    return values;
  }

  /** The GraphQL errors it ends with, after any values. */
  async errors(): Promise<Errors> {
    for (;;) {
      const message = await this.queue.next();
      if (message.kind === 'complete') throw new Error('Expected errors, got the end');
      if (message.kind === 'next' && message.errors) return message.errors;
      if (message.kind === 'error' && Array.isArray(message.error)) return message.error;
      if (message.kind === 'error') throw new Error(`Expected errors, got ${describe(message)}`);
    }
  }
}

/** One connection of the real graphql-ws client. It stays open without subscriptions, and never reconnects. */
export interface Subscriber {
  /** The connection below, to pause or to cut. */
  readonly socket: Promise<WebSocket>;
  readonly closed: Promise<{ code: number; reason: string }>;
  subscribe<T>(query: string, variables?: Record<string, unknown>): Watch<T>;
  /** Closes it; resolves when it is closed. */
  dispose(): Promise<void>;
}

const open = new Set<Subscriber>();

export async function disposeSubscribers(): Promise<void> {
  await Promise.all([...open].map((subscriber) => subscriber.dispose()));
}

/** It is disposed of after the test. */
export function openSubscriber(websocketUrl: string, connectionParams: Record<string, unknown> = {}): Subscriber {
  const socket = Promise.withResolvers<WebSocket>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  const client = createClient({
    url: websocketUrl,
    connectionParams,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    on: {
      opened: (opened) => socket.resolve(opened as WebSocket),
      closed: (event) => closed.resolve(event as { code: number; reason: string }),
    },
  });
  const subscriber: Subscriber = {
    socket: socket.promise,
    closed: closed.promise,
    subscribe: <T>(query: string, variables: Record<string, unknown> = {}) => {
      const watch = new Watch<T>();
      const payload: SubscribePayload = { query, variables };
      watch.unsubscribe = client.subscribe<T>(payload, {
        next: ({ data, errors }) => {
          watch.queue.push({ kind: 'next', data: data ?? null, ...(errors && { errors: errors as Errors }) });
        },
        error: (error) => watch.queue.push({ kind: 'error', error }),
        complete: () => watch.queue.push({ kind: 'complete' }),
      });
      return watch;
    },
    dispose: async () => {
      open.delete(subscriber);
      (await socket.promise).resume();
      await client.dispose();
      await closed.promise;
    },
  };
  open.add(subscriber);
  return subscriber;
}

function describe(message: Message<unknown>): string {
  if (message.kind !== 'error' || !(message.error instanceof Error)) return JSON.stringify(message);
  return message.error.message;
}
