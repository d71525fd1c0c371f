import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { within } from './eventually.ts';
import { trackProcess } from './leaked-processes.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type LogLine = { readonly level: number; readonly msg: string } & Record<string, unknown>;

export interface ProcessOptions {
  readonly cwd?: string;
  /** File permissions bind it, also when the tests run as root. */
  readonly heedingPermissions?: boolean;
  /** Its `ulimit -n`. */
  readonly openFiles?: number;
  /** A person watches what it prints: its output is a terminal. */
  readonly watched?: boolean;
  /** Run in place of `boxoffice`. */
  readonly program?: string;
  /** What Node itself is given. */
  readonly node?: readonly string[];
}

const HEEDING_PERMISSIONS = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];
export const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** npm puts no links there: a start is a seventh cheaper when Node does not look for them. */
const WITHOUT_LINKS = ['--preserve-symlinks', '--preserve-symlinks-main'];
/** Saves a quarter of the second that each start takes. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/boxoffice', import.meta.url));
export const INFO = 30;
export const WARN = 40;

const startTimeoutMs = 30_000;
const endTimeoutMs = 20_000;

/** A real `boxoffice` process. Whoever starts one ends it; what is left running fails its test. */
export class BoxOfficeProcess {
  readonly args: readonly string[];
  /** Resolves when the process has ended and all it printed is here. */
  readonly exited: Promise<Exit>;
  stdout = '';
  stderr = '';
  /** null while it runs. */
  exit: Exit | null = null;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #listening = Promise.withResolvers<true>();
  #url = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>>, options: ProcessOptions = {}) {
    const { program = process.env['TEST_PROGRAM'] ?? PROGRAM, node = [] } = options;
    if (!existsSync(program)) throw new Error(`${program} does not exist: run "make build" first`);
    this.args = args;
    const heeding = options.heedingPermissions && process.getuid?.() === 0 ? HEEDING_PERMISSIONS : [];
    const limited = options.openFiles ? ['sh', '-c', `ulimit -n ${options.openFiles} && exec "$@"`, 'sh'] : [];
    const all = [...limited, ...heeding, process.execPath, ...WITHOUT_LINKS, ...node, program, ...args];
    const [command, ...rest] = (options.watched ? inTerminal(all) : all) as [string, ...string[]];
    this.#child = spawn(command, rest, {
      cwd: options.cwd,
      env: { ...environmentOfAnyProcess(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      if (!this.#url && this.stdout.includes('"msg":"listening"')) this.#listens();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
    trackProcess(this);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get logs(): LogLine[] {
    const complete = this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1);
    return complete
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  logged(msg: string): LogLine[] {
    return this.logs.filter((line) => line.msg === msg);
  }

  /** Where it listens, without a slash at the end; throws before it does. */
  get url(): string {
    if (!this.#url) throw new Error(`boxoffice ${this.args.join(' ')} is not open`);
    return this.#url;
  }

  #listens(): void {
    const [open] = this.logged('listening');
    if (!open) return;
    this.#url = `${open['url'] ?? ''}`;
    this.#listening.resolve(true);
  }

  async ready(): Promise<this> {
    const ready = await within(startTimeoutMs, Promise.race([this.#listening.promise, this.exited]));
    if (ready !== true) throw new Error(`boxoffice ${this.args.join(' ')} does not open\n${this.output}`);
    return this;
  }

  get output(): string {
    return `${JSON.stringify(this.exit)}\n${this.stdout}\n${this.stderr}`;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  pause(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit & { afterMs: number }> {
    const since = performance.now();
    this.signal(signal);
    const exit = await this.#end();
    return { ...exit, afterMs: performance.now() - since };
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#end();
  }

  async #end(): Promise<Exit> {
    const exit = await within(endTimeoutMs, this.exited);
    if (!exit) throw new Error(`boxoffice ${this.args.join(' ')} (${this.pid}) does not end\n${this.output}`);
    return exit;
  }
}

/** Resolves when the process listens. */
export function startBoxOffice(
  role: 'serve' | 'api' | 'worker',
  env: Readonly<Record<string, string>>,
  options: ProcessOptions & { args?: readonly string[]; logLevel?: 'info' | 'trace' } = {},
): Promise<BoxOfficeProcess> {
  // Its start is read from the log.
  const { args = [], logLevel = 'info' } = options;
  return new BoxOfficeProcess([role, ...args], { ...env, LOG_LEVEL: logLevel }, options).ready();
}

export interface CommandResult extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ends by itself; one that has not in time fails. */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { timeoutMs = endTimeoutMs, ...options }: ProcessOptions & { readonly timeoutMs?: number } = {},
): Promise<CommandResult> {
  const command = new BoxOfficeProcess(args, env, options);
  const exit = await within(timeoutMs, command.exited);
  if (!exit) {
    await command.kill();
    throw new Error(`boxoffice ${args.join(' ')} did not end by itself\n${command.output}`);
  }
  return { ...exit, stdout: command.stdout, stderr: command.stderr };
}

/** With util-linux' `script`, which every Debian has. */
function inTerminal(command: readonly string[]): string[] {
  return ['script', '-qec', `exec ${command.map((word) => `'${word}'`).join(' ')}`, '/dev/null'];
}

/** Nothing of the developer's or of the test runner's own settings. */
function environmentOfAnyProcess(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, HOST: '127.0.0.1', PORT: '0', SHUTDOWN_DRAIN_MS: '0', NODE_COMPILE_CACHE: COMPILE_CACHE };
}
