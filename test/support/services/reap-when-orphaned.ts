import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Something that must not outlive the test process that made it. */
export type Belonging = { pid: number; signal: NodeJS.Signals } | { folder: string };

type Reaper = ChildProcessByStdio<Writable, null, null>;

const held = new Set<number>();
let lastId = 0;
let reaper: Reaper | undefined;

/**
 * Ends `belonging` when this process ends without having done so, also by SIGKILL. Exit handlers
 * cannot promise that: no signal runs them by itself. Call the answer once the belonging is gone.
 */
export function reapWhenOrphaned(belonging: Belonging): () => void {
  const id = ++lastId;
  // One for all that this process will make: it ends when its standard input does.
  reaper ??= startReaper();
  held.add(id);
  tell({ id, belonging });
  return () => {
    if (held.delete(id)) tell({ id });
  };
}

function tell(message: { id: number; belonging?: Belonging }): void {
  reaper?.stdin.write(`${JSON.stringify(message)}\n`);
}

function startReaper(): Reaper {
  const script = fileURLToPath(new URL('./orphan-reaper.ts', import.meta.url));
  // Detached: a Ctrl-C, or a kill of the whole process group, must not take the reaper along.
  const child = spawn(process.execPath, [script], {
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** A new folder, removed when the test process ends if not before. */
export async function temporaryFolder(name: string, owner?: { uid: number; gid: number }): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `boxoffice-${name}-`));
  const forget = reapWhenOrphaned({ folder: path });
  if (owner) await chown(path, owner.uid, owner.gid);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      forget();
    },
  };
}
