import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { reapWhenOrphaned } from '../../test/support/services/reap-when-orphaned.ts';
import { productionEnvironment } from './bench-process.ts';

/** Runs a program of the benchmark to its end. @returns what it printed; @throws that, when it does not exit with 0 */
export async function runChild(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: { readonly node?: readonly string[]; readonly onLine?: (line: string) => void } = {},
): Promise<string> {
  const child = spawn(process.execPath, [...(options.node ?? []), program, ...args], {
    env: productionEnvironment({ LOG_LEVEL: 'warn', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = reapWhenOrphaned({ pid: child.pid as number, signal: 'SIGKILL' });
  child.once('exit', forget);
  let output = '';
  let unread = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const lines = (unread + text).split('\n');
    unread = lines.pop() as string;
    for (const line of lines) options.onLine?.(line);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} exits with ${code}\n${output}`);
  return output;
}
