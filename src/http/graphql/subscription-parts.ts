import type { GraphQLSchema } from 'graphql';
import type { Container } from '../../container.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { Watchers } from '../limits/watchers.ts';
import { SharedResults } from './shared-results.ts';
import { SubscriptionDocuments } from './subscription-documents.ts';
import { Turns } from './turns.ts';

/** What all sockets of a server have together. */
export interface SubscriptionParts {
  readonly schema: GraphQLSchema;
  readonly container: Container;
  readonly rateLimits: RateLimits;
  readonly documents: SubscriptionDocuments;
  readonly results: SharedResults;
  readonly watchers: Watchers;
  readonly turns: Turns;
}

export function subscriptionParts(
  schema: GraphQLSchema,
  container: Container,
  rateLimits: RateLimits,
): SubscriptionParts {
  return {
    schema,
    container,
    rateLimits,
    documents: new SubscriptionDocuments(schema, container.config),
    results: new SharedResults(schema, container, rateLimits),
    watchers: new Watchers(container.config.websocket),
    turns: new Turns(),
  };
}
