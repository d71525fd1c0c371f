export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR';

export interface InputProblem {
  /** The field of the input, such as `capacity`. */
  readonly field: string;
  readonly message: string;
}

/** An error whose message is meant for the caller. Anything else that is thrown stays in the log. */
export class BoxOfficeError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly problems: readonly InputProblem[] = [],
    /** When a repeat may succeed; null when that is not known. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
    this.name = 'BoxOfficeError';
  }
}

export function notFound(what: string): BoxOfficeError {
  return new BoxOfficeError('NOT_FOUND', `${what} not found`);
}

export function badInput(problems: readonly InputProblem[]): BoxOfficeError {
  return new BoxOfficeError('BAD_USER_INPUT', problems.map((p) => `${p.field}: ${p.message}`).join('; '), problems);
}

/** An outage rarely ends sooner. */
const OUTAGE_RETRY_AFTER_MS = 1_000;

/** @param cause for the log */
export function unavailable(cause?: unknown): BoxOfficeError {
  const message = 'The box office cannot answer right now. Please try again.';
  return Object.assign(new BoxOfficeError('SERVICE_UNAVAILABLE', message, [], OUTAGE_RETRY_AFTER_MS), { cause });
}

export function rateLimited(retryAfterMs: number): BoxOfficeError {
  return new BoxOfficeError('RATE_LIMITED', 'Too many requests. Please slow down.', [], retryAfterMs);
}

export function unauthenticated(message: string): BoxOfficeError {
  return new BoxOfficeError('UNAUTHENTICATED', message);
}

export function forbidden(message = 'You may not do this.'): BoxOfficeError {
  return new BoxOfficeError('FORBIDDEN', message);
}
