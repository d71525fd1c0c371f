import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BoxOfficeError } from '../../errors.ts';
import type { RequestFailures } from '../request-failures.ts';
import { type Fault, InvalidRequest, valueError } from './faults.ts';
import { BODY_TOO_LARGE, type Problem, problemOfError, sendProblem, UNREADABLE_BODY } from './problem.ts';

/** Requests that Fastify itself refuses. Its own messages are for developers. */
const REFUSED_BY_FASTIFY: Readonly<Record<string, Problem>> = {
  FST_ERR_BAD_URL: { status: 400, code: 'BAD_REQUEST', detail: 'The path is not validly encoded' },
  FST_ERR_MAX_PARAM_LENGTH: { status: 414, code: 'URI_TOO_LONG', detail: 'The path is too long' },
  FST_ERR_CTP_BODY_TOO_LARGE: BODY_TOO_LARGE,
  // A path that leads out of the documentation's folder.
  FST_STATIC_FORBIDDEN_PATH: { status: 404, code: 'NOT_FOUND', detail: 'Not Found' },
};

/** Answers whatever a REST route throws: bad input with 422 as FastAPI sends it, anything else with a problem. */
export function restErrorHandler(failures: RequestFailures) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { code = '', statusCode } = error as { code?: string; statusCode?: number };
    const refused = REFUSED_BY_FASTIFY[code] ?? refusalOf(statusCode);
    if (refused) return sendProblem(reply, refused);
    const shown = failures.of(request)(error);
    if (shown.code !== 'BAD_USER_INPUT') return sendProblem(reply, problemOfError(shown));
    return reply
      .code(422)
      .type('application/json')
      .send({ detail: faultsOf(shown, request) });
  };
}

/** Anything but 400 is about a file of the documentation, such as a range beyond its end. */
function refusalOf(status = 500): Problem | undefined {
  if (status === 400) return UNREADABLE_BODY;
  return status > 400 && status < 500 ? { status, code: 'BAD_REQUEST', detail: `${STATUS_CODES[status]}` } : undefined;
}

/** What a use case refuses although the schema let it pass: `endsAt` is `ends_at` over REST. */
function faultsOf(error: BoxOfficeError, request: FastifyRequest): readonly Fault[] {
  if (error instanceof InvalidRequest) return error.faults;
  const [part, input] = request.method !== 'GET' ? ['body', request.body] : ['query', request.query];
  if (error.problems.length === 0) return [valueError([part], error.message, input)];
  const given = Object(input) as Record<string, unknown>;
  return error.problems.map(({ field: name, message }) => {
    const field = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return valueError([part, field], message, given[field]);
  });
}
