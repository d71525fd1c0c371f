import { forbidden, rateLimited, unauthenticated, unavailable } from '../../errors.ts';
import { toPublicError } from '../error-mapping.ts';
import { BODY_TOO_LARGE, type Problem, problemBody, problemOfError, UNREADABLE_BODY } from './problem.ts';

const VALIDATION_ERROR = {
  $id: 'ValidationError',
  type: 'object',
  description: 'One fault of a request.',
  required: ['loc', 'msg', 'type'],
  properties: {
    type: { type: 'string', description: 'What kind of fault it is.', examples: ['greater_than_equal'] },
    loc: {
      type: 'array',
      items: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      description:
        'Where it is: `body`, `path`, `query` or `header`, then the field (or the position, in a body that is no JSON).',
      examples: [['body', 'capacity']],
    },
    msg: { type: 'string', examples: ['Input should be greater than or equal to 1'] },
    input: { description: 'What was sent there.', examples: [0] },
    ctx: {
      type: 'object',
      additionalProperties: true,
      description: 'The numbers that the message speaks of.',
      examples: [{ ge: 1 }],
    },
  },
} as const;

const HTTP_VALIDATION_ERROR = {
  $id: 'HTTPValidationError',
  type: 'object',
  description: 'Every fault of a request.',
  properties: { detail: { type: 'array', items: { $ref: 'ValidationError#' } } },
} as const;

const availableCount = {
  type: 'integer',
  minimum: 0,
  description: 'Places left, with SOLD_OUT and PLACES_AVAILABLE.',
  examples: [0],
} as const;

const problemSchema = (codes: readonly string[]) => ({
  $id: 'Problem',
  type: 'object',
  description: 'An error (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'retryable'],
  properties: {
    type: { type: 'string', examples: ['about:blank'] },
    title: { type: 'string', description: 'The name of the status.', examples: ['Conflict'] },
    status: { type: 'integer', examples: [409] },
    detail: { type: 'string', description: 'A sentence for people.', examples: ['Event is sold out.'] },
    code: {
      type: 'string',
      enum: codes,
      description: 'Stable; for programs.',
      examples: ['SOLD_OUT'],
    },
    retryable: {
      type: 'boolean',
      description: 'Whether the same request may succeed a little later.',
      examples: [false],
    },
    available_count: availableCount,
    redeemed_at: {
      type: 'string',
      format: 'date-time',
      description: 'When the ticket was used, in UTC, of a check-in that was refused.',
      examples: ['2026-11-27T18:30:00Z'],
    },
    device_id: {
      type: 'string',
      description: 'The scanner that let its holder in, of a check-in that was refused.',
      examples: ['gate-3'],
    },
    version: {
      type: 'integer',
      description: 'The version that the event has, with VERSION_CONFLICT, CAPACITY_BELOW_BOOKED and EVENT_CANCELLED.',
      examples: [2],
    },
    booked_count: {
      type: 'integer',
      minimum: 0,
      description: 'Places that are booked, with the same codes: capacity cannot be below that.',
      examples: [40],
    },
  },
});

/** @param codes every code that a problem may have */
export function errorSchemas(codes: readonly string[]) {
  return [VALIDATION_ERROR, HTTP_VALIDATION_ERROR, problemSchema(codes)];
}

const validationContent = { 'application/json': { schema: { $ref: 'HTTPValidationError#' } } };

export function problemResponse(description: string, example: Problem) {
  return { description, content: problemContent(example) };
}

export const validationResponse = { description: 'Validation Error', content: validationContent };

export function validationOrProblemResponse(description: string, example: Problem) {
  return { description, content: { ...validationContent, ...problemContent(example) } };
}

function problemContent(example: Problem) {
  return { 'application/problem+json': { schema: { $ref: 'Problem#' }, example: problemBody(example) } };
}

const RETRY_AFTER = { 'Retry-After': { type: 'integer', minimum: 1, description: 'Seconds to wait.' } };

/** What any route may answer. */
export const COMMON_RESPONSES = {
  401: problemResponse(
    'No good token, where one is needed.',
    problemOfError(unauthenticated('The token is not valid.')),
  ),
  403: problemResponse(
    'The token is good, but its bearer may not do this; or the page of another site asks.',
    problemOfError(forbidden()),
  ),
  429: { ...problemResponse('Too many requests.', problemOfError(rateLimited(1_000))), headers: RETRY_AFTER },
  500: problemResponse('An error of ours; the log has it.', problemOfError(toPublicError(new Error()))),
  503: {
    ...problemResponse('Nothing can be said at the moment. Please try again.', problemOfError(unavailable())),
    headers: RETRY_AFTER,
  },
};

/** What a route with a body may answer as well. */
export const BODY_RESPONSES = {
  400: problemResponse('The body cannot be read: not UTF-8, or not what its Content-Length says.', UNREADABLE_BODY),
  413: problemResponse('The body is too large.', BODY_TOO_LARGE),
};
