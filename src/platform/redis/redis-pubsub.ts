import { RedisPubSub as GraphqlRedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import type { PubSub } from '../services.ts';

/** A subscriber is not kept waiting for Redis longer than this; `onGap` tells it when Redis is back. */
const MAX_SUBSCRIBE_WAIT_MS = 1_000;

/** Hints over Redis channels, through graphql-redis-subscriptions. */
export class RedisPubSub implements PubSub {
  readonly #pubsub: GraphqlRedisPubSub;
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #prefix: string;
  readonly #gapListeners = new Set<() => void>();

  /**
   * @param publisher fails fast
   * @param subscriber waits for Redis and is used for nothing else
   */
  constructor(publisher: Redis, subscriber: Redis, prefix: string) {
    this.#prefix = `${prefix}:hints`;
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    this.#pubsub = new GraphqlRedisPubSub({
      publisher,
      subscriber: withoutRejections(subscriber),
    });
    subscriber.on('ready', () => this.#tellOfGap());
  }

  publish(topic: string, hint: unknown): Promise<void> {
    return this.#pubsub.publish(`${this.#prefix}:${topic}`, hint);
  }

  async subscribe(topic: string, listener: (hint: unknown) => void): Promise<() => void> {
    const acknowledged = this.#pubsub.subscribe(`${this.#prefix}:${topic}`, listener);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, MAX_SUBSCRIBE_WAIT_MS);
    });
    const inTime = await Promise.race([acknowledged.then(() => true), patience.then(() => false)]);
    clearTimeout(timer);
    if (!inTime) void acknowledged.then(() => this.#tellOfGap());
    return () => void acknowledged.then((id) => this.#pubsub.unsubscribe(id));
  }

  onGap(listener: () => void): () => void {
    this.#gapListeners.add(listener);
    return () => this.#gapListeners.delete(listener);
  }

  #tellOfGap(): void {
    for (const listener of this.#gapListeners) listener();
  }

  async close(): Promise<void> {
    this.#subscriber.disconnect();
    this.#publisher.disconnect();
  }
}

/**
 * graphql-redis-subscriptions leaves the promises of (un)subscribe unobserved, so a Redis that goes away would end
 * the process with an unhandled rejection. A subscription that fails is repeated by ioredis when it reconnects.
 */
function withoutRejections(redis: Redis): Redis {
  const quiet = {
    on: redis.on.bind(redis),
    subscribe: (channel: string, done: (error: null) => void) => {
      redis.subscribe(channel).then(
        () => done(null),
        () => undefined,
      );
    },
    unsubscribe: (channel: string) => void redis.unsubscribe(channel).catch(() => undefined),
    punsubscribe: () => undefined,
  };
  return quiet as unknown as Redis;
}
