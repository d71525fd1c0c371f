import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { reapWhenOrphaned } from '../support/services/reap-when-orphaned.ts';

/** Another process takes SQLite's write lock. @returns the function that ends it */
export async function lockSqlite(file: string): Promise<() => Promise<void>> {
  const script = fileURLToPath(new URL('./sqlite-lock-holder.ts', import.meta.url));
  const holder = spawn(process.execPath, [script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(holder, 'exit');
  const forget = reapWhenOrphaned({ pid: holder.pid as number, signal: 'SIGKILL' });
  await Promise.race([once(holder.stdout, 'data'), exited]);
  return async () => {
    holder.kill('SIGKILL');
    await exited;
    forget();
  };
}
