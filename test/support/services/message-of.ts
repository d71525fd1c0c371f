/** Not `instanceof Error`: in a test file Node's own errors come from outside jest's sandbox. */
export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
