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

/** What is started from now on belongs to the test, no longer to its file. */
export function testBegins(): void {
  owner = 'test';
}

/** @throws when a process of the test is still running; it is ended all the same */
export async function testEnded(): Promise<void> {
  owner = 'file';
  await endLeaked('test');
}

/** @throws when a process of the file is still running; it is ended all the same */
export function fileEnded(): Promise<void> {
  return endLeaked('file');
}

async function endLeaked(ownedBy: 'test' | 'file'): Promise<void> {
  const leaked = [...running].filter(([, startedBy]) => startedBy === ownedBy).map(([left]) => left);
  await Promise.all(leaked.map((left) => left.kill()));
  const names = leaked.map((left) => `boxoffice ${left.args.join(' ')} (${left.pid})`);
  if (names.length > 0) throw new Error(`still running at the end of the ${ownedBy}: ${names.join(', ')}`);
}
