/** Unless a caller waits longer. */
export const MAX_RETRY_DELAY_MS = 30_000;

/**
 * Exponential backoff with jitter: half fixed, half random.
 * @param firstMs before the second try; it doubles with each further one, up to `maxMs`
 * @param failures counts from 1
 */
export function retryDelayMs(firstMs: number, failures: number, maxMs = MAX_RETRY_DELAY_MS): number {
  const full = Math.min(maxMs, firstMs * 2 ** (failures - 1));
  return Math.round(full / 2 + (Math.random() * full) / 2);
}
