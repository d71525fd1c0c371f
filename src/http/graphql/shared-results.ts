import { execute, type GraphQLSchema } from 'graphql';
import type { ViewerKind } from '../../auth/viewer.ts';
import type { NoteFailure } from '../request-failures.ts';
import type { BeginReading, GraphqlContext, MakeContext } from './context.ts';
import { writtenResult } from './masked-errors.ts';
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
  readonly contextOf: MakeContext;
  readonly written: Map<string, Promise<string | null>>;
}

/**
 * However many watch the same, an update is executed and written as JSON once for each document, variables and audience.
 * The execution is told of nobody but the audience, so it cannot show one viewer what only another may see.
 */
export class SharedResults {
  readonly #schema: GraphQLSchema;
  readonly #beginReading: BeginReading;
  readonly #noteFailure: NoteFailure;
  /** Forgotten with the update. */
  readonly #ofUpdate = new WeakMap<object, ResultsOfUpdate>();

  constructor(schema: GraphQLSchema, beginReading: BeginReading, noteFailure: NoteFailure) {
    this.#schema = schema;
    this.#beginReading = beginReading;
    this.#noteFailure = noteFailure;
  }

  /** The `payload` of a `next` message; null when it cannot be had now. */
  written(update: object, operation: Operation, { kind, only }: Audience): Promise<string | null> {
    const { contextOf, written } = this.#of(update);
    const key = `${operation.key} ${kind} ${only === null ? 'all' : `own ${only}`}`;
    const known = written.get(key);
    if (known) return known;
    const fresh = this.#execute(update, operation, { kind, only }, contextOf);
    written.set(key, fresh);
    return fresh;
  }

  #of(update: object): ResultsOfUpdate {
    const known = this.#ofUpdate.get(update);
    if (known) return known;
    const fresh = { contextOf: this.#beginReading(), written: new Map() };
    this.#ofUpdate.set(update, fresh);
    return fresh;
  }

  async #execute(
    update: object,
    operation: Operation,
    audience: Audience,
    contextOf: MakeContext,
  ): Promise<string | null> {
    const noteFailure = this.#noteFailure;
    const viewer = { kind: audience.kind, userId: audience.only, expiresAtMs: null };
    const result = await execute({
      schema: this.#schema,
      document: operation.document,
      operationName: operation.operationName,
      variableValues: operation.variables,
      rootValue: update,
      contextValue: contextOf({ viewer, address: '', noteFailure }),
    });
    return writtenResult(result, noteFailure);
  }
}
