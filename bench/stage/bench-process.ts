import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { within } from '../../test/support/eventually.ts';
import { reapWhenOrphaned } from '../../test/support/services/reap-when-orphaned.ts';

const startTimeoutMs = 60_000;
const endTimeoutMs = 20_000;
const keptOutputChars = 8_000;

/** A server under load, as a process of its own. Only its end and its line "listening" are waited for. */
export class BenchProcess {
  readonly url: string;
  /** From the spawn to the line that says it listens. */
  readonly startMs: number;
  readonly #name: string;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #output: () => string;

  private constructor(
    name: string,
    child: ChildProcessByStdio<null, Readable, Readable>,
    output: () => string,
    opened: { url: string; startMs: number },
  ) {
    this.#name = name;
    this.#child = child;
    this.#output = output;
    this.url = opened.url;
    this.startMs = opened.startMs;
  }

  /** @param args of Node: the program and what it is given */
  static async start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BenchProcess> {
    const name = args.map((arg) => arg.slice(arg.lastIndexOf('/') + 1)).join(' ');
    const since = performance.now();
    const child = spawn(process.execPath, args, { env: productionEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    const forget = reapWhenOrphaned({ pid: child.pid as number, signal: 'SIGKILL' });
    child.once('exit', forget);
    let output = '';
    const opened = new Promise<string>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output = (output + text).slice(-keptOutputChars);
          const [, url] = /"url":"(http[^"]+)".*"msg":"listening"/.exec(output) ?? [];
          if (url) resolve(url);
        });
      }
    });
    const url = await within(startTimeoutMs, Promise.race([opened, once(child, 'exit').then(() => undefined)]));
    if (url) return new BenchProcess(name, child, () => output, { url, startMs: performance.now() - since });
    child.kill('SIGKILL');
    throw new Error(`${name} does not open\n${output}`);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Throws when it ended by itself: figures from then on are none. */
  assertRunning(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) return;
    throw new Error(`${this.#name} ended during the measurement\n${this.#output()}`);
  }

  async stop(): Promise<void> {
    this.assertRunning();
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    if ((await within(endTimeoutMs, exited)) !== undefined) return;
    this.#child.kill('SIGKILL');
    throw new Error(`${this.#name} does not end\n${this.#output()}`);
  }
}

/** Nothing of the developer's own settings, and no compile cache: a start is a first start. */
export function productionEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    HOST: '127.0.0.1',
    PORT: '0',
    NODE_ENV: 'production',
    AUTH_MODE: 'off',
    SHUTDOWN_DRAIN_MS: '0',
    ...env,
  };
}
