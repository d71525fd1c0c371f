/** Of a request that came to no data: what the box office had against it, or that it did not answer. */
export type FailureCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR'
  | 'NETWORK';

export class RequestFailed extends Error {
  readonly code: FailureCode;
  /** When to try again; null: that would not help. */
  readonly retryAfterMs: number | null;

  constructor(code: FailureCode, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.name = 'RequestFailed';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
