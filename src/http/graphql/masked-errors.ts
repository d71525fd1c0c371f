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

/** Whether the database, or what else we need, was away. */
export function tellsOfOutage(errors: readonly GraphQLFormattedError[]): boolean {
  return errors.some(({ extensions }) => extensions?.['code'] === 'SERVICE_UNAVAILABLE');
}

/** The JSON of a result, with masked errors; null when it would tell of an outage. */
export function writtenResult({ data, errors }: ExecutionResult, log: Logger): string | null {
  if (!errors) return JSON.stringify({ data });
  const shown = maskedErrors(errors, log);
  return tellsOfOutage(shown) ? null : JSON.stringify({ data: data ?? null, errors: shown });
}
