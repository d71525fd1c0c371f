import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { JobHandler, JobQueue, PubSub, QueueDepth, QueueLimits, Services } from '../services.ts';

export function localServices<Job>(limits: Pick<QueueLimits, 'closeTimeoutMs'>): Services<Job> {
  return {
    // A desk serves one group of an event at a time, and here there is no other process.
    lock: { withLock: (_eventId, work) => work(), close: async () => undefined },
    queue: new LocalJobQueue<Job>(limits),
    pubsub: new LocalPubSub(),
    createLimiter: (name, { points, seconds: duration }) =>
      new RateLimiterMemory({ keyPrefix: name, points, duration }),
    ready: async () => true,
    dependencies: [],
  };
}

/** Jobs kept in memory; what comes on top is left to the sweeper. */
const MAX_JOBS = 100_000;

/** The queue of embedded mode: same handler, no service. */
class LocalJobQueue<Job> implements JobQueue<Job> {
  readonly reachable = true;
  readonly #waiting: Job[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #closeTimeoutMs: number;
  #handler: JobHandler<Job> | null = null;
  #closed = false;

  constructor({ closeTimeoutMs }: Pick<QueueLimits, 'closeTimeoutMs'>) {
    this.#closeTimeoutMs = closeTimeoutMs;
  }

  async enqueue(jobs: readonly Job[]): Promise<void> {
    if (this.#closed) return;
    const room = Math.max(0, MAX_JOBS - this.#waiting.length - this.#running.size);
    this.#waiting.push(...jobs.slice(0, room));
    this.#runAll();
  }

  process(handler: JobHandler<Job>): void {
    this.#handler = handler;
    this.#runAll();
  }

  async depth(): Promise<QueueDepth> {
    return { waiting: this.#waiting.length, active: this.#running.size };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    await Promise.race([Promise.all(this.#running), delay(this.#closeTimeoutMs, undefined, { ref: false })]);
  }

  #runAll(): void {
    if (!this.#handler) return;
    for (const job of this.#waiting.splice(0)) {
      const running: Promise<void> = this.#handler(job).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }
}

/** Hints within one process. They are handed on in a later turn, as over a network. */
class LocalPubSub implements PubSub {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  async publish(topic: string, hint: unknown): Promise<void> {
    setImmediate(() => this.#emitter.emit(topic, hint));
  }

  async subscribe(topic: string, listener: (hint: unknown) => void): Promise<() => void> {
    this.#emitter.on(topic, listener);
    return () => this.#emitter.off(topic, listener);
  }

  /** Nothing is ever lost between a process and itself. */
  onGap(): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    this.#emitter.removeAllListeners();
  }
}
