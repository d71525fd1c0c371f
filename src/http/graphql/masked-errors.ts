import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { NoteFailure } from '../request-failures.ts';
import { maskError, noteSurprise } from './apollo.ts';

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
