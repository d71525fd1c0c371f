import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Logger } from '../../platform/logger.ts';
import { logSurprise, maskError } from './apollo.ts';

/** As Apollo Server shows them over HTTP; what is a surprise to us goes into the log. */
export function maskedErrors(errors: readonly GraphQLError[], log: Logger): GraphQLFormattedError[] {
  return errors.map((error) => {
    logSurprise(error, log);
    return maskError(error.toJSON(), error);
  });
}

/** The JSON of a result, with masked errors. */
export function writtenResult({ data, errors }: ExecutionResult, log: Logger): string {
  return JSON.stringify(errors ? { data: data ?? null, errors: maskedErrors(errors, log) } : { data });
}
