import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually, within } from '../support/eventually.ts';
import { reapWhenOrphaned } from '../support/services/reap-when-orphaned.ts';
import type { ProcessName } from './schedule.ts';

export const PROGRAM = process.env['BOXOFFICE_MAIN'] ?? fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/boxoffice', import.meta.url));

const startTimeoutMs = 60_000;
const endTimeoutMs = 20_000;
const keptOutputChars = 2_000;

/** From when to when a process could not be expected to answer. */
export interface Disturbance {
  readonly kind: string;
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
  readonly logFile: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #kept = false;

  constructor(name: ProcessName, port: number, folder: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.logFile = `${folder}/${name}.log`;
    this.#env = { ...environmentOfAnyProcess(), ...env, PORT: `${port}` };
  }

  /** Resolves when it listens, however often it must be started for that. */
  async start(disturbance = this.#disturbed('start')): Promise<void> {
    const from = performance.now();
    await eventually(() => this.#startOnce(), { timeoutMs: startTimeoutMs, intervalMs: 300 });
    this.#kept = true;
    disturbance.to = performance.now();
    this.startsMs.push(disturbance.to - from);
  }

  /** @returns the disturbance, which the next start ends */
  async kill(): Promise<Disturbance> {
    const disturbance = this.#disturbed('kill');
    await this.#end('SIGKILL');
    return disturbance;
  }

  async terminate(): Promise<Disturbance> {
    const disturbance = this.#disturbed('terminate');
    await this.#end('SIGTERM');
    return disturbance;
  }

  /** @returns the function that lets it go on */
  pause(): () => void {
    const disturbance = this.#disturbed('pause');
    this.#child?.kill('SIGSTOP');
    return () => {
      this.#child?.kill('SIGCONT');
      disturbance.to = performance.now();
    };
  }

  disturbedDuring(from: number, to: number): boolean {
    return this.disturbances.some((disturbance) => disturbance.from < to && from < disturbance.to);
  }

  #disturbed(kind: string): Disturbance {
    const disturbance = { kind, from: performance.now(), to: Number.POSITIVE_INFINITY };
    this.disturbances.push(disturbance);
    return disturbance;
  }

  async #startOnce(): Promise<boolean> {
    const from = performance.now();
    const child = this.#spawn();
    const exited = once(child, 'exit');
    while (child.exitCode === null && child.signalCode === null) {
      const answer = await fetch(`${this.url}/livez`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
      if (answer?.ok) return true;
      await within(50, exited);
    }
    this.#note('early', from, child);
    return false;
  }

  #spawn(): ChildProcess {
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [PROGRAM, this.name.split('-')[0] as string], {
      cwd: this.logFile.slice(0, this.logFile.lastIndexOf('/')),
      env: this.#env,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const forget = reapWhenOrphaned({ pid: child.pid as number, signal: 'SIGKILL' });
    const from = performance.now();
    child.once('exit', () => {
      forget();
      if (!this.#kept) return;
      this.#kept = false;
      this.#note('crash', from, child);
      void this.start().catch(() => undefined);
    });
    this.#child = child;
    return child;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#kept = false;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    const from = performance.now();
    child.kill(signal);
    if (signal === 'SIGKILL') return void (await exited);
    if ((await within(endTimeoutMs, exited)) === undefined) {
      child.kill('SIGKILL');
      await exited;
    }
    this.#note('told', from, child);
  }

  #note(kind: Ending['kind'], from: number, { exitCode, signalCode }: ChildProcess): void {
    const output = readFileSync(this.logFile, 'utf8').slice(-keptOutputChars);
    this.endings.push({
      process: this.name,
      kind,
      from,
      at: performance.now(),
      how: String(signalCode ?? exitCode),
      output,
    });
  }
}

/** Nothing of the developer's own settings. */
export function environmentOfAnyProcess(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, HOST: '127.0.0.1', NODE_COMPILE_CACHE: COMPILE_CACHE };
}
