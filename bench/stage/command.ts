import { PROGRAM } from '../built.ts';
import { runChild } from './run-child.ts';

/** A command of `boxoffice` that ends by itself. @throws what it printed, when it does not exit with 0 */
export async function runCommand(command: 'migrate' | 'verify', databaseUrl: string): Promise<void> {
  await runChild(PROGRAM, [command], { DATABASE_URL: databaseUrl });
}
