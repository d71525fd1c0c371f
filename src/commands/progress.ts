import type { CheckedCopyWatch } from '../backup/backup.ts';

const PROGRESS_AFTER_MS = 2_000;
const PROGRESS_INTERVAL_MS = 1_000;

/** @returns prints a line on standard error, at most once a second, once 2 seconds have passed since now */
export function progressOfLongWork(): (line: string) => void {
  let next = performance.now() + PROGRESS_AFTER_MS;
  return (line) => {
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_INTERVAL_MS;
    console.error(line);
  };
}

const BYTES_PER_MB = 1_000_000;
/** A copy above this takes seconds to check, without a word. */
const LONG_CHECK_MB = 100;

/** Progress on standard error; SIGINT and SIGTERM end the work, a second one of them the process. */
export function watchCopy(): CheckedCopyWatch {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new Error(`stopped by ${name}`)));
  }
  const progress = progressOfLongWork();
  let totalMb = 0;
  return {
    signal: controller.signal,
    onProgress: ({ copiedBytes, totalBytes }) => {
      totalMb = Math.round(totalBytes / BYTES_PER_MB);
      progress(`copied ${Math.round(copiedBytes / BYTES_PER_MB)} of ${totalMb} MB`);
    },
    onCheck: () => {
      if (totalMb > LONG_CHECK_MB) console.error(`checking ${totalMb} MB`);
    },
  };
}
