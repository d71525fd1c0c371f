import { LRUCache } from 'lru-cache';
import type { Dependency } from './dependency.ts';
import type { Logger } from './logger.ts';

const LINE_INTERVAL_MS = 60_000;
const MAX_CAUSES = 100;

interface Cause {
  readonly lineAt: number;
  /** Since the last line. */
  times: number;
}

/**
 * Logs what may happen to thousands at once: a line, and a stack, per cause and minute, which says how often it was since
 * the last. What an outage explains is no trouble of its own.
 */
export class RepeatedTrouble {
  readonly #log: Logger;
  readonly #dependency: Pick<Dependency, 'explains'> | null;
  readonly #causes = new LRUCache<string, Cause>({ max: MAX_CAUSES });

  /** @param dependency where the errors come from, when its outages are told of elsewhere */
  constructor(log: Logger, dependency: Pick<Dependency, 'explains'> | null = null) {
    this.#log = log;
    this.#dependency = dependency;
  }

  note(level: 'warn' | 'error', message: string, error: unknown, about: object = {}): void {
    if (this.#dependency?.explains(error)) return;
    const key = `${message} ${causeOf(error)}`;
    const known = this.#causes.get(key);
    const times = (known?.times ?? 0) + 1;
    if (known && performance.now() - known.lineAt < LINE_INTERVAL_MS) {
      known.times = times;
      return;
    }
    this.#log[level]({ err: error, times, ...about }, message);
    this.#causes.set(key, { lineAt: performance.now(), times: 0 });
  }
}

/** The code of an error, or its class and where it was thrown: messages name rows and hosts. */
function causeOf(error: unknown): string {
  const { code, name, stack } = Object(error) as { code?: unknown; name?: unknown; stack?: unknown };
  if (code) return String(code);
  return name ? `${name} ${/^ +at .*$/m.exec(String(stack))?.[0]}` : String(error);
}
