import { EventEmitter } from 'node:events';
import type { PubSub } from '../services.ts';

/** Hints within one process. They are handed on in a later turn, as over a network. */
export class LocalPubSub implements PubSub {
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
