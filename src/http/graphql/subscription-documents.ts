import { hash } from 'node:crypto';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Config } from '../../config.ts';
import { problemsOf } from './document-faults.ts';
import { keptDocuments } from './document-store.ts';
import { assertComplexity } from './query-complexity.ts';
import { documentRules } from './query-limits.ts';

/** What somebody watches: checked, and without anything that its execution does not need. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The same for all who ask the same. */
  readonly key: string;
}

export class InvalidDocument extends Error {
  constructor(readonly problems: readonly GraphQLError[]) {
    super('The document is not valid');
  }
}

/** Reads what is asked over WebSocket, with the bounds that Apollo Server's requests have. */
export class SubscriptionDocuments {
  readonly #schema: GraphQLSchema;
  readonly #limits: Config['graphql'];
  readonly #rules;
  /** Thousands who watch the same have one document together. */
  readonly #kept = keptDocuments((_document, query) => query.length);

  constructor(schema: GraphQLSchema, config: Config) {
    this.#schema = schema;
    this.#limits = config.graphql;
    this.#rules = [...specifiedRules, ...documentRules(config)];
  }

  /** @throws GraphQLError, InvalidDocument: subscriptions pass only */
  read({ query, variables, operationName = null }: SubscribePayload): Operation {
    const document = this.#kept.get(query) ?? this.#check(query);
    const operation = getOperationAST(document, operationName);
    if (!operation) throw clientError('Unknown operation.');
    if (operation.operation !== 'subscription') {
      throw clientError('Only subscriptions are served here; send queries and mutations by POST.');
    }
    const declared = declaredOf(operation, variables ?? {});
    const request = { variables: declared, operationName: operationName ?? undefined };
    assertComplexity(this.#schema, document, request, this.#limits.maxComplexity);
    const key = hash('sha256', JSON.stringify([query, operationName, declared]), 'base64');
    return { document, operationName, variables: declared, key };
  }

  #check(query: string): DocumentNode {
    const { maxTokens } = this.#limits;
    const located = parse(query, { maxTokens });
    const problems = problemsOf(this.#schema, located, this.#rules);
    if (problems.length > 0) throw new InvalidDocument(problems);
    // Locations hold the text and every comment in it: megabytes, for as long as somebody watches.
    const document = parse(query, { maxTokens, noLocation: true });
    this.#kept.set(query, document);
    return document;
  }
}

export function clientError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** What else a client sends as variables is forgotten: it would be kept for as long as it watches. */
function declaredOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  const names = variableDefinitions.map(({ variable }) => variable.name.value);
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  );
}
