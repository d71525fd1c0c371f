import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { eventually } from '../eventually.ts';
import type { Belonging } from './reap-when-orphaned.ts';

// Runs as a process of its own. Its input is a pipe from a test process that started servers; the
// pipe closes when that process ends, in whatever way, and what it left behind is ended here.

const belongings = new Map<number, Belonging>();

for await (const line of createInterface({ input: process.stdin })) {
  const { id, belonging } = JSON.parse(line) as { id: number; belonging?: Belonging };
  if (belonging) belongings.set(id, belonging);
  else belongings.delete(id);
}

const left = [...belongings.values()];
await Promise.allSettled(left.map((belonging) => ('pid' in belonging ? endProcess(belonging) : undefined)));
await Promise.allSettled(
  left.map((belonging) => ('folder' in belonging ? rm(belonging.folder, { recursive: true, force: true }) : undefined)),
);

async function endProcess({ pid, signal }: { pid: number; signal: NodeJS.Signals }): Promise<void> {
  process.kill(pid, signal);
  await eventually(() => !isAlive(pid), { timeoutMs: 5_000 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
