import type { Lateness } from './promises.ts';

const everyMs = 50;
const noticedMs = 50;

/** Watches how late the timers of this process are. On a machine with too much to do, so are everybody's. */
export class LatenessMeter implements Lateness {
  readonly #late: { at: number; ms: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let due = performance.now() + everyMs;
    this.#timer = setInterval(() => {
      const at = performance.now();
      if (at - due > noticedMs) this.#late.push({ at, ms: at - due });
      due = at + everyMs;
    }, everyMs);
  }

  between(from: number, to: number): number {
    return this.#late.reduce((sum, { at, ms }) => sum + (at >= from && at - ms <= to ? ms : 0), 0);
  }

  get longestMs(): number {
    return this.#late.reduce((longest, { ms }) => Math.max(longest, ms), 0);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
