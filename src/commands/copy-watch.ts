import type { CheckedCopyWatch } from '../backup/backup.ts';
import { progressOfLongWork } from './progress.ts';

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
