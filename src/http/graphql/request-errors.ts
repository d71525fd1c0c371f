import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, retryAfterSeconds } from '../error-mapping.ts';
import type { RequestFailures } from '../request-failures.ts';
import { extensionsOf } from './masked-errors.ts';

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
