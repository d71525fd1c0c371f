import { createSourceEventStream, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { MessageType } from 'graphql-ws';
import type { GraphqlContext } from './context.ts';
import { maskedErrors, tellsOfOutage, writtenResult } from './masked-errors.ts';
import { type Audience, audienceOf, type SharedResults } from './shared-results.ts';
import type { Operation } from './subscription-documents.ts';
import type { Turns } from './turns.ts';

/** Resolves when the client may be sent more; undefined when it may at once. */
export type Send = (frame: string) => Promise<void> | undefined;

export interface SubscriptionOptions {
  /** Chosen by the client. */
  readonly id: string;
  readonly operation: Operation;
  readonly schema: GraphQLSchema;
  readonly results: SharedResults;
  readonly turns: Turns;
  readonly send: Send;
  /** In place of an error that tells of an outage. */
  readonly comeBackLater: () => void;
  /** Called once, when it has its source, or will never have one. */
  readonly opened: () => void;
  /** Called once, when its source has been given back or will never be. */
  readonly released: () => void;
}

/**
 * One thing that a client watches. It owns its source, whatever becomes of the id or the socket meanwhile: a source that
 * comes into being when its client has left is given back at once.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  #source: AsyncIterator<object> | null = null;
  #state: 'opening' | 'running' | 'released' = 'opening';
  #ended = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  /** Sends what it watches until it is over. Never rejects. */
  async run(context: GraphqlContext): Promise<void> {
    const { noteFailure } = context;
    try {
      const opened = await this.#open(context).finally(this.#options.opened);
      this.#state = 'running';
      if (isSource(opened)) {
        this.#source = opened[Symbol.asyncIterator]();
        const audience = audienceOf(context);
        while (!this.#ended && (await this.#step(this.#source, audience)));
      } else {
        this.#show(writtenResult(opened, noteFailure));
      }
      this.#say(MessageType.Complete);
    } catch (error) {
      const shown = maskedErrors([asGraphqlError(error)], noteFailure);
      if (tellsOfOutage(shown)) this.#options.comeBackLater();
      else this.#say(MessageType.Error, JSON.stringify(shown));
    } finally {
      this.#ended = true;
      this.#release();
    }
  }

  /** Nothing more is sent. */
  end(): void {
    this.#ended = true;
    if (this.#state === 'running') this.#release();
  }

  #open(contextValue: GraphqlContext): Promise<AsyncIterable<object> | ExecutionResult> {
    const { schema, operation } = this.#options;
    const { document, operationName, variables: variableValues } = operation;
    const opened = createSourceEventStream({ schema, document, operationName, variableValues, contextValue });
    return opened as Promise<AsyncIterable<object> | ExecutionResult>;
  }

  /** @returns whether there may be more. Holds nothing while it waits for the next update. */
  async #step(source: AsyncIterator<object>, audience: Audience): Promise<boolean> {
    const { done, value } = await source.next();
    if (done) return false;
    const { results, operation, turns } = this.#options;
    await turns.take();
    await this.#show(await results.written(value, operation, audience));
    return true;
  }

  #show(payload: string | null): Promise<void> | undefined {
    if (payload !== null) return this.#say(MessageType.Next, payload);
    if (!this.#ended) this.#options.comeBackLater();
    return undefined;
  }

  /** @param payload JSON */
  #say(type: MessageType, payload?: string): Promise<void> | undefined {
    if (this.#ended) return undefined;
    const id = JSON.stringify(this.#options.id);
    return this.#options.send(`{"id":${id},"type":"${type}"${payload === undefined ? '' : `,"payload":${payload}`}}`);
  }

  #release(): void {
    if (this.#state === 'released') return;
    this.#state = 'released';
    void this.#source?.return?.();
    this.#options.released();
  }
}

function isSource(opened: AsyncIterable<object> | ExecutionResult): opened is AsyncIterable<object> {
  return Symbol.asyncIterator in opened;
}

export function asGraphqlError(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return error instanceof GraphQLError ? error : new GraphQLError(originalError.message, { originalError });
}
