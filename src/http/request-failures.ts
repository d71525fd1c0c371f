import type { FastifyRequest } from 'fastify';
import { BoxOfficeError } from '../errors.ts';
import type { Dependency } from '../platform/dependency.ts';
import type { Logger } from '../platform/logger.ts';
import { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import type { TurnedAway } from '../platform/turned-away.ts';
import { ERRORS, toPublicError } from './error-mapping.ts';

/** Tells of what an operation of a request, or of a socket, has failed with. @returns what its caller may know of it */
export type NoteFailure = (error: unknown) => BoxOfficeError;

export interface RequestFailureParts {
  readonly log: Logger;
  readonly database: Pick<Dependency<'requests'>, 'away' | 'cost'>;
  readonly databaseTrouble: RepeatedTrouble;
  readonly turnedAway: TurnedAway;
}

/** What requests fail with, told in few lines however many they are: mistakes of ours with a stack, the rest by its number. */
export class RequestFailures {
  readonly #parts: RequestFailureParts;
  readonly #surprises: RepeatedTrouble;
  /** Many things may fail in one, and some of them after its answer. */
  readonly #counted = new WeakSet<FastifyRequest>();

  constructor(parts: RequestFailureParts) {
    this.#parts = parts;
    this.#surprises = new RepeatedTrouble(parts.log);
  }

  /** @param request null: of a socket */
  of(request: FastifyRequest | null): NoteFailure {
    return (error) => {
      const shown = toPublicError(error);
      const { id: requestId, log = this.#parts.log } = request ?? {};
      log.debug({ err: error, code: shown.code }, 'a request failed');
      const { logLevel } = ERRORS[shown.code];
      if (logLevel === 'error')
        this.#surprises.note(logLevel, 'a request failed by a mistake of ours', error, { requestId });
      if (logLevel === 'warn') this.#unavailable(error, request);
      return shown;
    };
  }

  #unavailable(error: unknown, request: FastifyRequest | null): void {
    const { database, databaseTrouble, turnedAway } = this.#parts;
    const cause = error instanceof BoxOfficeError ? error.cause : error;
    if (cause) databaseTrouble.note('warn', 'requests cannot be answered', cause);
    if (request && this.#counted.has(request)) return;
    if (request) this.#counted.add(request);
    if (database.away) database.cost('requests');
    else turnedAway.count('unavailable');
  }
}
