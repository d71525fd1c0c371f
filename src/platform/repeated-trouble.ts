import type { Logger } from './logger.ts';

const LINE_INTERVAL_MS = 60_000;
const MAX_CAUSES = 100;

interface Cause {
  readonly lineAt: number;
  /** Since the last line. */
  times: number;
}

/** Logs what may happen to thousands at once: a line per cause and minute, which says how often it was since the last. */
export class RepeatedTrouble {
  readonly #log: Logger;
  readonly #causes = new Map<string, Cause>();

  constructor(log: Logger) {
    this.#log = log;
  }

  note(level: 'warn' | 'error', message: string, error: unknown): void {
    const key = `${message} ${causeOf(error)}`;
    const known = this.#causes.get(key);
    const times = (known?.times ?? 0) + 1;
    if (known && performance.now() - known.lineAt < LINE_INTERVAL_MS) {
      known.times = times;
      return;
    }
    this.#log[level]({ err: error, times }, message);
    this.#causes.delete(key);
    this.#causes.set(key, { lineAt: performance.now(), times: 0 });
    const [oldest] = this.#causes.keys();
    if (this.#causes.size > MAX_CAUSES) this.#causes.delete(oldest as string);
  }
}

/** The code of an error, or its class: messages name rows and hosts. */
function causeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return String(code ?? name ?? error);
}
