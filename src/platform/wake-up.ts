import type { Logger } from './logger.ts';
import type { PubSub } from './services.ts';

/** Tells all processes that there is work of one kind; best effort, because whoever does it looks by itself as well. */
export class WakeUp {
  readonly #pubsub: PubSub;
  readonly #log: Logger;
  readonly #topic: string;

  constructor(pubsub: PubSub, log: Logger, topic: string) {
    this.#pubsub = pubsub;
    this.#log = log;
    this.#topic = topic;
  }

  send(): void {
    this.#pubsub
      .publish(this.#topic, null)
      .catch((error: unknown) => this.#log.debug({ err: error, topic: this.#topic }, 'no worker was told of its work'));
  }

  /** @param wake also called after a time in which something may have been missed; @returns the function that ends it */
  async listen(wake: () => void): Promise<() => void> {
    const endGapWatch = this.#pubsub.onGap(wake);
    const unsubscribe = await this.#pubsub.subscribe(this.#topic, wake);
    return () => {
      endGapWatch();
      unsubscribe();
    };
  }
}
