import type { GraphQLSchema } from 'graphql';
import { Watchers } from '../limits/watchers.ts';
import type { ServerParts } from '../server-parts.ts';
import type { BeginReading } from './context.ts';
import { SharedResults } from './shared-results.ts';
import { SubscriptionDocuments } from './subscription-documents.ts';
import { Turns } from './turns.ts';

/** What all sockets of a server have together. */
export interface SubscriptionParts {
  readonly schema: GraphQLSchema;
  readonly server: ServerParts;
  readonly beginReading: BeginReading;
  readonly documents: SubscriptionDocuments;
  readonly results: SharedResults;
  readonly watchers: Watchers;
  readonly turns: Turns;
}

export function subscriptionParts(
  schema: GraphQLSchema,
  server: ServerParts,
  beginReading: BeginReading,
): SubscriptionParts {
  return {
    schema,
    server,
    beginReading,
    documents: new SubscriptionDocuments(schema, server.config),
    results: new SharedResults(schema, beginReading, server.failures.of(null)),
    watchers: new Watchers(server.config.websocket),
    turns: new Turns(),
  };
}
