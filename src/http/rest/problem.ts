import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { BoxOfficeError } from '../../errors.ts';
import { ERRORS, retryAfterSeconds } from '../error-mapping.ts';
import { timeOut } from './date-time.ts';

/** Codes that only HTTP needs. */
export const HTTP_CODES = ['BAD_REQUEST', 'METHOD_NOT_ALLOWED', 'PAYLOAD_TOO_LARGE', 'URI_TOO_LONG'] as const;

/** An error answer in the form of RFC 9457. */
export interface Problem {
  readonly status: number;
  /** Stable; one of those that the document lists. */
  readonly code: string;
  /** The sentence that clients of the reference system read. */
  readonly detail: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | null;
  readonly availableCount?: number | null;
  /** Of a ticket that was used before: when, and at which device. */
  readonly redeemedAt?: Date | null;
  readonly deviceId?: string | null;
  /** Of an event that was not changed. */
  readonly version?: number | null;
  readonly bookedCount?: number | null;
}

export const UNREADABLE_BODY: Problem = {
  status: 400,
  code: 'BAD_REQUEST',
  detail: 'There was an error parsing the body',
};
export const BODY_TOO_LARGE: Problem = { status: 413, code: 'PAYLOAD_TOO_LARGE', detail: 'The body is too large' };

const DEFAULT_RETRY_AFTER_MS = 1_000;

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, retryAfterMs } = problem;
  if (status === 503 || status === 429) {
    reply.header('Retry-After', retryAfterSeconds(retryAfterMs ?? DEFAULT_RETRY_AFTER_MS));
  }
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer');
  return reply.code(problem.status).type('application/problem+json').send(problemBody(problem));
}

export function problemBody(problem: Problem) {
  const {
    status,
    code,
    detail,
    retryable = false,
    availableCount,
    redeemedAt,
    deviceId,
    version,
    bookedCount,
  } = problem;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail,
    code,
    retryable,
    ...(availableCount != null && { available_count: availableCount }),
    ...(redeemedAt != null && { redeemed_at: timeOut(redeemedAt) }),
    ...(deviceId != null && { device_id: deviceId }),
    ...(version != null && { version }),
    ...(bookedCount != null && { booked_count: bookedCount }),
  };
}

export function problemOfError({ code, message, retryAfterMs }: BoxOfficeError): Problem {
  const retryable = code === 'SERVICE_UNAVAILABLE' || code === 'RATE_LIMITED';
  return { status: ERRORS[code].httpStatus, code, detail: message, retryable, retryAfterMs };
}
