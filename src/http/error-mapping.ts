import { BoxOfficeError, type ErrorCode, unavailable } from '../errors.ts';
import { isBusy, isUnavailable } from '../platform/transient-errors.ts';

interface Mapping {
  readonly httpStatus: number;
  readonly logLevel: 'debug' | 'warn' | 'error';
}

/** The one table from an error's code to its HTTP status and log level; in GraphQL the code is `extensions.code`. */
export const ERRORS: Readonly<Record<ErrorCode, Mapping>> = {
  BAD_USER_INPUT: { httpStatus: 422, logLevel: 'debug' },
  UNAUTHENTICATED: { httpStatus: 401, logLevel: 'debug' },
  FORBIDDEN: { httpStatus: 403, logLevel: 'debug' },
  NOT_FOUND: { httpStatus: 404, logLevel: 'debug' },
  RATE_LIMITED: { httpStatus: 429, logLevel: 'debug' },
  SERVICE_UNAVAILABLE: { httpStatus: 503, logLevel: 'warn' },
  INTERNAL_SERVER_ERROR: { httpStatus: 500, logLevel: 'error' },
};

/** As the header Retry-After has it. */
export function retryAfterSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

/** What a caller may know of whatever was thrown. */
export function toPublicError(error: unknown): BoxOfficeError {
  if (error instanceof BoxOfficeError) return error;
  if (isBusy(error) || isUnavailable(error)) return unavailable();
  return new BoxOfficeError('INTERNAL_SERVER_ERROR', 'Internal server error');
}
