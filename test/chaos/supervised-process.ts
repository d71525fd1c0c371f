import { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import type { ProcessName } from './schedule.ts';

const startTimeoutMs = 60_000;
const keptOutputChars = 2_000;

/** From when to when a process could not be expected to answer. */
interface Disturbance {
  readonly from: number;
  to: number;
}

export interface Ending {
  readonly process: ProcessName;
  /** `early`: before it listened, as it does when the database is away; `crash`: nobody told it to; `told`: by SIGTERM. */
  readonly kind: 'early' | 'crash' | 'told';
  readonly from: number;
  readonly at: number;
  readonly how: string;
  readonly output: string;
}

/** A `boxoffice` process on a port of its own, with a keeper that starts it again when it ends by itself. */
export class SupervisedProcess {
  readonly disturbances: Disturbance[] = [];
  readonly endings: Ending[] = [];
  /** How long each start took, until it listened. */
  readonly startsMs: number[] = [];
  readonly name: ProcessName;
  readonly url: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #folder: string;
  /** One after the other. */
  readonly #children: BoxOfficeProcess[] = [];
  #kept = false;

  constructor(name: ProcessName, port: number, folder: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    // It drains as long as it does by itself.
    this.#env = { ...env, PORT: `${port}`, SHUTDOWN_DRAIN_MS: '' };
  }

  /** All that it has printed. */
  get output(): string {
    return this.#children.map(({ output }) => output).join('\n');
  }

  /** Resolves when it listens, however often it must be started for that. */
  async start(disturbance = this.#disturbed()): Promise<void> {
    const from = performance.now();
    await eventually(() => this.#startOnce(), { timeoutMs: startTimeoutMs, intervalMs: 300 });
    this.#kept = true;
    disturbance.to = performance.now();
    this.startsMs.push(disturbance.to - from);
  }

  /** @returns the disturbance, which the next start ends */
  async kill(): Promise<Disturbance> {
    const disturbance = this.#disturbed();
    this.#kept = false;
    await this.#child?.kill();
    return disturbance;
  }

  async terminate(): Promise<Disturbance> {
    const disturbance = this.#disturbed();
    this.#kept = false;
    const child = this.#child;
    if (!child || child.exit) return disturbance;
    await child.stop().catch(() => child.kill());
    this.#note('told', disturbance.from, child);
    return disturbance;
  }

  /** @returns the function that lets it go on */
  pause(): () => void {
    const disturbance = this.#disturbed();
    this.#child?.pause();
    return () => {
      this.#child?.resume();
      disturbance.to = performance.now();
    };
  }

  disturbedDuring(from: number, to: number): boolean {
    return this.disturbances.some((disturbance) => disturbance.from < to && from < disturbance.to);
  }

  get #child(): BoxOfficeProcess | undefined {
    return this.#children.at(-1);
  }

  #disturbed(): Disturbance {
    const disturbance = { from: performance.now(), to: Number.POSITIVE_INFINITY };
    this.disturbances.push(disturbance);
    return disturbance;
  }

  async #startOnce(): Promise<boolean> {
    const from = performance.now();
    const child = new BoxOfficeProcess([this.name.split('-')[0] as string], this.#env, { cwd: this.#folder });
    this.#children.push(child);
    void child.exited.then(() => {
      if (!this.#kept) return;
      this.#kept = false;
      this.#note('crash', from, child);
      void this.start().catch(() => undefined);
    });
    try {
      await child.ready();
      return true;
    } catch {
      await child.kill();
      this.#note('early', from, child);
      return false;
    }
  }

  #note(kind: Ending['kind'], from: number, { exit, output }: BoxOfficeProcess): void {
    const how = String(exit?.signal ?? exit?.code);
    const [process, at] = [this.name, performance.now()];
    this.endings.push({ process, kind, from, at, how, output: output.slice(-keptOutputChars) });
  }
}
