import { execute, type GraphQLSchema } from 'graphql';
import type { ViewerKind } from '../../auth/viewer.ts';
import type { Container } from '../../container.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { type GraphqlContext, graphqlContext } from './context.ts';
import { writtenResult } from './masked-errors.ts';
import { RowLoaders } from './row-loaders.ts';
import type { Operation } from './subscription-documents.ts';

/** What those who watch together have in common. */
export interface Audience {
  readonly kind: ViewerKind;
  /** Whose rows they may see; null: anybody's. */
  readonly only: string | null;
}

/** @throws Error when nobody asked what the viewer may see */
export function audienceOf({ viewer, only }: GraphqlContext): Audience {
  if (only === undefined) throw new Error('A subscription was opened without its guard');
  return { kind: viewer.kind, only };
}

interface ResultsOfUpdate {
  readonly rows: RowLoaders;
  readonly written: Map<string, Promise<string | null>>;
}

/**
 * However many watch the same, an update is executed and written as JSON once for each document, variables and audience.
 * The execution is told of nobody but the audience, so it cannot show one viewer what only another may see.
 */
export class SharedResults {
  readonly #schema: GraphQLSchema;
  readonly #container: Container;
  readonly #rateLimits: RateLimits;
  /** Forgotten with the update. */
  readonly #ofUpdate = new WeakMap<object, ResultsOfUpdate>();

  constructor(schema: GraphQLSchema, container: Container, rateLimits: RateLimits) {
    this.#schema = schema;
    this.#container = container;
    this.#rateLimits = rateLimits;
  }

  /** The `payload` of a `next` message; null when it cannot be had now. */
  written(update: object, operation: Operation, { kind, only }: Audience): Promise<string | null> {
    const { rows, written } = this.#of(update);
    const key = `${operation.key} ${kind} ${only === null ? 'all' : `own ${only}`}`;
    const known = written.get(key);
    if (known) return known;
    const fresh = this.#execute(update, operation, { kind, only }, rows);
    written.set(key, fresh);
    return fresh;
  }

  #of(update: object): ResultsOfUpdate {
    const known = this.#ofUpdate.get(update);
    if (known) return known;
    const fresh = { rows: new RowLoaders(this.#container), written: new Map() };
    this.#ofUpdate.set(update, fresh);
    return fresh;
  }

  async #execute(update: object, operation: Operation, audience: Audience, rows: RowLoaders): Promise<string | null> {
    const noteFailure = this.#container.failures.of(null);
    const viewer = { kind: audience.kind, userId: audience.only, expiresAtMs: null };
    const result = await execute({
      schema: this.#schema,
      document: operation.document,
      operationName: operation.operationName,
      variableValues: operation.variables,
      rootValue: update,
      contextValue: {
        ...graphqlContext(this.#container, this.#rateLimits, { viewer, address: '', noteFailure }),
        rows,
      },
    });
    return writtenResult(result, noteFailure);
  }
}
