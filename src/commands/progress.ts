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
