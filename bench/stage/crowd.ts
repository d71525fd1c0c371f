import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../test/support/eventually.ts';
import { reapWhenOrphaned } from '../../test/support/services/reap-when-orphaned.ts';

const PROGRAM = fileURLToPath(new URL('../children/crowd.ts', import.meta.url));

/** Subscribers of one event, in a process of their own. */
export class Crowd {
  readonly #child: ChildProcess;
  /** By number of bookings: when the last subscriber saw it, in milliseconds since 1970. */
  readonly #seenAt = new Map<number, number>();

  constructor(url: string, eventId: string, size: number) {
    this.#child = fork(PROGRAM, [url, eventId, String(size)], { execArgv: [] });
    const forget = reapWhenOrphaned({ pid: this.#child.pid as number, signal: 'SIGKILL' });
    this.#child.once('exit', forget);
    this.#child.on('message', ({ bookedCount, at }: { bookedCount: number; at: number }) => {
      this.#seenAt.set(bookedCount, at);
    });
  }

  /** When all of them had seen `bookedCount` bookings. */
  async allSaw(bookedCount: number, timeoutMs = 60_000): Promise<number> {
    await eventually(
      () => {
        if (this.#child.exitCode !== null) throw new Error('the crowd has ended');
        return this.#seenAt.has(bookedCount);
      },
      { timeoutMs, intervalMs: 5 },
    );
    return this.#seenAt.get(bookedCount) as number;
  }

  leave(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
