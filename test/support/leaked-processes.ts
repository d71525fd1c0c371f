import { afterAll, afterEach, beforeEach } from '@jest/globals';
import { reapWhenOrphaned } from './services/reap-when-orphaned.ts';

interface TrackedProcess {
  readonly pid: number;
  readonly args: readonly string[];
  readonly exited: Promise<unknown>;
  kill(): Promise<void>;
}

const running = new Map<TrackedProcess, 'test' | 'file'>();
let owner: 'test' | 'file' = 'file';

/** From now on the process must end within the test, or the hooks of the file, that started it. */
export function trackProcess(started: TrackedProcess): void {
  const forget = started.pid === undefined ? () => {} : reapWhenOrphaned({ pid: started.pid, signal: 'SIGKILL' });
  running.set(started, owner);
  const ended = () => {
    running.delete(started);
    forget();
  };
  started.exited.then(ended, ended);
}

beforeEach(() => {
  owner = 'test';
});
afterEach(async () => {
  owner = 'file';
  await endLeaked('test');
});
afterAll(() => endLeaked('file'));

async function endLeaked(ownedBy: 'test' | 'file'): Promise<void> {
  const leaked = [...running].filter(([, startedBy]) => startedBy === ownedBy).map(([left]) => left);
  await Promise.all(leaked.map((left) => left.kill()));
  const names = leaked.map((left) => `boxoffice ${left.args.join(' ')} (${left.pid})`);
  if (names.length > 0) throw new Error(`still running at the end of the ${ownedBy}: ${names.join(', ')}`);
}
