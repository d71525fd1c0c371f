import type { Logger } from './logger.ts';
import { mayBeOutage } from './transient-errors.ts';

const PROBE_INTERVAL_MS = 1_000;
/** An outage that begins so soon after the last one is of something that comes and goes. */
const RELAPSE_MS = 60_000;
const MAX_CALM_MS = 60_000;

export interface DependencyOptions<Cost extends string> {
  /** Such as `postgresql`, or of several of a kind with its place. */
  readonly name: string;
  readonly log: Logger;
  /** `error` when nothing is sold without it. */
  readonly level: 'warn' | 'error';
  /** What happens while it is away, for whoever reads the line. */
  readonly meanwhile: string;
  /** The variables that say where it is. */
  readonly variable: string;
  /** What an outage costs. */
  readonly costs: readonly Cost[];
  /** Rejects while it is away. */
  readonly probe: () => Promise<unknown>;
}

interface Outage<Cost extends string> {
  readonly since: number;
  /** When it answered first, of late: all that was asked of it since then was done. */
  wellSince: number | null;
  readonly costs: Record<Cost, number>;
}

/**
 * What this process needs and may lose: a line when it goes, a line when it is back, with how long and what it cost.
 * What happens in between is counted. It is back when it has been well for a second; what comes and goes has to be well for
 * longer each time, up to a minute, so that it has no more lines than that either.
 */
export class Dependency<Cost extends string = string> {
  readonly #options: DependencyOptions<Cost>;
  #outage: Outage<Cost> | null = null;
  #backAt = Number.NEGATIVE_INFINITY;
  #calmMs = PROBE_INTERVAL_MS;
  #closed = false;

  constructor(options: DependencyOptions<Cost>) {
    this.#options = options;
  }

  get away(): boolean {
    return this.#outage !== null;
  }

  /** Whether its lines say all there is to say of this error. */
  explains(error: unknown): boolean {
    return this.away && mayBeOutage(error);
  }

  /** It did not do what it was asked for. */
  failed(error: unknown): void {
    if (this.#closed) return;
    const now = performance.now();
    if (this.#outage) {
      this.#outage.wellSince = null;
      return;
    }
    const { name, log, level, meanwhile, variable, costs } = this.#options;
    const none = Object.fromEntries(costs.map((cost) => [cost, 0])) as Record<Cost, number>;
    this.#outage = { since: now, wellSince: null, costs: none };
    this.#calmMs = now - this.#backAt < RELAPSE_MS ? Math.min(2 * this.#calmMs, MAX_CALM_MS) : PROBE_INTERVAL_MS;
    log[level]({ dependency: name, variable, reason: reasonOf(error) }, `${name} is away, ${meanwhile}`);
    void this.#watch(this.#outage);
  }

  /** Counts what an outage costs; nothing while there is none. */
  cost(what: Cost, times = 1): void {
    if (this.#outage) this.#outage.costs[what] += times;
  }

  close(): void {
    this.#closed = true;
  }

  async #watch(outage: Outage<Cost>): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL_MS).unref());
      if (this.#closed) return;
      const askedAt = performance.now();
      const answers = await this.#options.probe().then(
        () => true,
        () => false,
      );
      outage.wellSince = answers ? (outage.wellSince ?? askedAt) : null;
      const { wellSince } = outage;
      if (wellSince !== null && performance.now() - wellSince >= this.#calmMs) return this.#isBack(outage, wellSince);
    }
  }

  #isBack({ since, costs }: Outage<Cost>, at: number): void {
    if (this.#closed) return;
    const { name, log } = this.#options;
    this.#outage = null;
    this.#backAt = performance.now();
    const cost: Readonly<Record<string, number>> = costs;
    log.info({ dependency: name, durationMs: Math.round(at - since), ...cost }, `${name} is back`);
  }
}

/** Without its stack, which is the driver's own. Some errors of Node have a code and no message. */
function reasonOf(error: unknown): string {
  const { message, code, name } = Object(error) as Partial<Record<'message' | 'code' | 'name', string>>;
  return message || code || name || String(error);
}
