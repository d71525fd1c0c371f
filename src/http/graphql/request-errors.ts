import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, publicError } from '../error-mapping.ts';

/** Answers, in GraphQL's shape, the requests that never reach Apollo: malformed, too large, or not done in time. */
export function answerGraphqlError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    return reply.code(status).send({ errors: [{ message: error.message, extensions: { code: 'BAD_REQUEST' } }] });
  }
  const { code, message } = publicError(error, request.log);
  return reply.code(ERRORS[code].httpStatus).send({ errors: [{ message, extensions: { code } }] });
}
