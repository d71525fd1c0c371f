import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Viewer } from '../../auth/viewer.ts';
import { ERRORS } from '../error-mapping.ts';
import type { ServerParts } from '../server-parts.ts';
import { extensionsOf } from './masked-errors.ts';

/** @throws GraphQLError with the status of the whole answer: a bad token is refused whatever is asked with it */
export async function viewerOf(
  { authenticator, failures }: Pick<ServerParts, 'authenticator' | 'failures'>,
  request: FastifyRequest,
): Promise<Viewer> {
  try {
    return await authenticator.viewerOf(request.headers.authorization);
  } catch (error) {
    const shown = failures.of(request)(error);
    const headersOfAnswer = new Map(shown.code === 'UNAUTHENTICATED' ? [['www-authenticate', 'Bearer']] : []);
    throw new GraphQLError(shown.message, {
      extensions: { ...extensionsOf(shown), http: { status: ERRORS[shown.code].httpStatus, headers: headersOfAnswer } },
    });
  }
}
