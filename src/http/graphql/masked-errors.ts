import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionResult, GraphQLError, type GraphQLErrorExtensions, type GraphQLFormattedError } from 'graphql';
import type { BoxOfficeError } from '../../errors.ts';
import { ERRORS, retryAfterSeconds, toPublicError } from '../error-mapping.ts';
import type { NoteFailure, RequestFailures } from '../request-failures.ts';
import { unreadableDocument } from './document-faults.ts';

/** As Apollo Server shows them over HTTP; what is a surprise to us is noted. */
export function maskedErrors(errors: readonly GraphQLError[], noteFailure: NoteFailure): GraphQLFormattedError[] {
  return errors.map((error) => {
    noteSurprise(error, noteFailure);
    return maskError(error.toJSON(), error);
  });
}

/** Whether the database, or what else we need, was away. */
export function tellsOfOutage(errors: readonly GraphQLFormattedError[]): boolean {
  return errors.some(({ extensions }) => extensions?.['code'] === 'SERVICE_UNAVAILABLE');
}

/** The JSON of a result, with masked errors; null when it would tell of an outage. */
export function writtenResult({ data, errors }: ExecutionResult, noteFailure: NoteFailure): string | null {
  if (!errors) return JSON.stringify({ data });
  const shown = maskedErrors(errors, noteFailure);
  return tellsOfOutage(shown) ? null : JSON.stringify({ data: data ?? null, errors: shown });
}

/** The same for both transports: what the caller did wrong is told, everything else is masked. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = thrownBehind(error);
  if (original instanceof GraphQLError) return withCode(readable(withoutStatus(formatted), original));
  const shown = toPublicError(original);
  return {
    message: shown.message,
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
    extensions: extensionsOf(shown),
  };
}

/** Of HTTP, where Apollo Server has read it by now; over WebSocket it means nothing. */
function withoutStatus({ extensions, ...formatted }: GraphQLFormattedError): GraphQLFormattedError {
  if (!extensions) return formatted;
  const { http: _, ...shown } = extensions;
  return { ...formatted, extensions: shown };
}

/** Where the parser ran out of stack, its message is Node's own. */
function readable(formatted: GraphQLFormattedError, { originalError }: GraphQLError): GraphQLFormattedError {
  const fault = originalError instanceof RangeError && unreadableDocument(originalError);
  return fault ? { ...formatted, message: fault.message } : formatted;
}

/**
 * GraphQL gives no codes to what is wrong with variables. Over WebSocket nobody does; over HTTP Apollo Server does, but
 * takes their being too many for an error of ours.
 */
function withCode(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { code = 'INTERNAL_SERVER_ERROR' } = formatted.extensions ?? {};
  if (formatted.path || code !== 'INTERNAL_SERVER_ERROR') return formatted;
  return { ...formatted, extensions: { ...formatted.extensions, code: 'BAD_USER_INPUT' } };
}

/** What GraphQL clients are told besides the message. */
export function extensionsOf(error: BoxOfficeError): GraphQLErrorExtensions {
  const { code, problems, retryAfterMs } = error;
  return { code, ...(problems.length > 0 && { problems }), ...(retryAfterMs !== null && { retryAfterMs }) };
}

export function noteSurprise(error: GraphQLError, noteFailure: NoteFailure): void {
  const original = thrownBehind(error);
  if (!(original instanceof GraphQLError)) noteFailure(original);
}

/**
 * What our code threw, or the error itself when GraphQL found fault with the request: such an error may wrap the
 * complaint of a scalar, but points into the document. One from a resolver has a path, one from a stream neither.
 */
function thrownBehind(error: unknown): unknown {
  if (!(error instanceof GraphQLError) || !error.originalError) return error;
  return error.path || !error.nodes ? error.originalError : error;
}

/** Answers, in GraphQL's shape, the requests that never reach Apollo: malformed, too large, or not done in time. */
export function graphqlErrorHandler(failures: RequestFailures) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      return reply.code(status).send({ errors: [{ message: error.message, extensions: { code: 'BAD_REQUEST' } }] });
    }
    const shown = failures.of(request)(error);
    const { code, message, retryAfterMs } = shown;
    if (retryAfterMs !== null) reply.header('Retry-After', retryAfterSeconds(retryAfterMs));
    return reply.code(ERRORS[code].httpStatus).send({ errors: [{ message, extensions: extensionsOf(shown) }] });
  };
}
