import { BoxOfficeProcess, type ProcessOptions } from '../../test/support/boxoffice-process.ts';

type Environment = Readonly<Record<string, string>>;
type Program = Pick<ProcessOptions, 'program' | 'node'>;

/** As in production, and without a compile cache: a start is a first start. An empty variable counts as unset. */
const PRODUCTION = { NODE_ENV: 'production', AUTH_MODE: 'off', NODE_COMPILE_CACHE: '' };

/** A process under load. Figures are none from the moment when it ends by itself. */
export class BenchProcess extends BoxOfficeProcess {
  /** From the spawn until it listens. */
  startMs = Number.NaN;

  static async start(args: readonly string[], env: Environment = {}, program: Program = {}): Promise<BenchProcess> {
    const since = performance.now();
    const started = await new BenchProcess(args, { ...PRODUCTION, ...env }, program).ready();
    started.startMs = performance.now() - since;
    return started;
  }

  override stop(): ReturnType<BoxOfficeProcess['stop']> {
    this.assertRunning();
    return super.stop();
  }

  assertRunning(): void {
    if (this.exit) throw new Error(`${this.args.join(' ')} ended during the measurement\n${this.output}`);
  }
}

/** Runs a program of the benchmark, or a command of `boxoffice`, to its end. @returns what it printed; @throws that, when it does not exit with 0 */
export async function runChild(args: readonly string[], env: Environment, program: Program = {}): Promise<string> {
  const child = new BoxOfficeProcess(args, { ...PRODUCTION, LOG_LEVEL: 'warn', ...env }, program);
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${[program.program, ...args].join(' ')} exits with ${code}\n${child.output}`);
  return child.stdout;
}

export async function runCommand(command: 'migrate' | 'verify', databaseUrl: string): Promise<void> {
  await runChild([command], { DATABASE_URL: databaseUrl });
}
