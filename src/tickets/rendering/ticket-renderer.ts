import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import PQueue from 'p-queue';
import { unavailable } from '../../errors.ts';
import type { Logger } from '../../platform/logger.ts';
import { RepeatedTrouble } from '../../platform/repeated-trouble.ts';
import type { RenderRequest } from './document-form.ts';
import { Pace } from './pace.ts';

export interface RendererLimits {
  /** Renderings that wait for the one that runs; the next one is refused. */
  readonly maxWaiting: number;
  /** A rendering that takes longer, the start of the thread included, ends with its thread. */
  readonly timeLimitMs: number;
}

/** More time than a client waits: on a machine that has none to give, what was loaded is there when it asks again. */
const LIMITS: RendererLimits = { maxWaiting: 64, timeLimitMs: 10_000 };
/** The fonts and a page or two; more is a mistake, which then ends the thread and not the process. */
const MAX_HEAP_MIB = 256;

/** What the thread answers. */
export type Rendered = { readonly bytes: Uint8Array } | { readonly error: Error };

/** The thread's own file, which stands beside this one, in `src` and in `dist`. */
const THREAD = new URL(`./render-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);

/**
 * Renders tickets one after the other in a thread of its own, so that whatever a rendering does, bookings go on. The thread
 * is started by the first ticket, and loads all that only tickets need.
 */
export class TicketRenderer {
  readonly #limits: RendererLimits;
  readonly #file: URL;
  readonly #trouble: RepeatedTrouble;
  readonly #queue = new PQueue({ concurrency: 1 });
  readonly #pace = new Pace();
  #thread: Worker | undefined;

  constructor(log: Logger, limits: Partial<RendererLimits> = {}, file = THREAD) {
    this.#limits = { ...LIMITS, ...limits };
    this.#file = file;
    this.#trouble = new RepeatedTrouble(log);
  }

  /** @throws BoxOfficeError SERVICE_UNAVAILABLE when too many wait, or this one takes too long; what the rendering throws */
  async render(request: RenderRequest): Promise<Uint8Array> {
    if (this.#queue.size >= this.#limits.maxWaiting) throw unavailable();
    const rendered = await this.#queue.add(() => this.#renderNow(request));
    if ('error' in rendered) throw rendered.error;
    return rendered.bytes;
  }

  async close(): Promise<void> {
    this.#queue.clear();
    await this.#endThread();
  }

  async #renderNow(request: RenderRequest): Promise<Rendered> {
    if (request.format === 'pdf') await this.#pace.turn();
    this.#thread ??= startThread(this.#file);
    this.#thread.ref();
    try {
      const answer = once(this.#thread, 'message', { signal: AbortSignal.timeout(this.#limits.timeLimitMs) });
      this.#thread.postMessage(request);
      const [rendered] = (await answer) as [Rendered];
      this.#thread.unref();
      return rendered;
    } catch (error) {
      this.#trouble.note('error', 'a ticket was not rendered in time, or its thread ended', error);
      await this.#endThread();
      throw unavailable();
    }
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }
}

function startThread(file: URL): Worker {
  const thread = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB } });
  // Whoever waits for an answer hears of it as well; without anybody it would end the process.
  thread.on('error', () => undefined);
  thread.once('exit', () => thread.emit('error', new Error('the thread ended')));
  return thread;
}
