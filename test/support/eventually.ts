import { setTimeout as pause } from 'node:timers/promises';

/** A check that has failed for long fails rarely a moment later, and a failed expectation costs milliseconds to put into words. */
const SHARE_OF_THE_WAIT = 1 / 20;
const MAX_INTERVAL_MS = 100;

/**
 * Polls `check` until it neither throws nor answers false, and resolves with its answer. After
 * `timeoutMs` it rejects with the last error, so a failed expectation shows its own message.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 20_000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const since = performance.now();
  for (;;) {
    let lastError: unknown;
    try {
      const answer = await check();
      if (answer !== false) return answer;
      lastError = new Error(`The condition was still false after ${timeoutMs} ms`);
    } catch (error) {
      lastError = error;
    }
    const waitedMs = performance.now() - since;
    if (waitedMs >= timeoutMs) throw lastError;
    await pause(Math.max(intervalMs, Math.min(waitedMs * SHARE_OF_THE_WAIT, MAX_INTERVAL_MS)));
  }
}

/** Undefined when `promise` takes longer. */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: timedOut, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, timeoutMs, undefined);
  try {
    return await Promise.race([promise, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after that time, or at once when the signal aborts. */
export async function pauseUnless(signal: AbortSignal, ms: number): Promise<void> {
  if (ms > 0) await pause(ms, undefined, { signal }).catch(() => undefined);
}
