export const MAX_RETRY_DELAY_MS = 30_000;

/**
 * Exponential backoff with jitter: half fixed, half random.
 * @param firstMs before the second try; it doubles with each further one, up to 30 seconds
 * @param failures counts from 1
 */
export function retryDelayMs(firstMs: number, failures: number): number {
  const full = Math.min(MAX_RETRY_DELAY_MS, firstMs * 2 ** (failures - 1));
  return Math.round(full / 2 + (Math.random() * full) / 2);
}
