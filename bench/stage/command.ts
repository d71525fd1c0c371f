import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from '../built.ts';
import { productionEnvironment } from './bench-process.ts';

/** A command of `boxoffice` that ends by itself. @throws what it printed, when it does not exit with 0 */
export async function runCommand(command: 'migrate' | 'verify', databaseUrl: string): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, command], {
    env: productionEnvironment({ DATABASE_URL: databaseUrl }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`boxoffice ${command} exits with ${code}\n${output}`);
}
