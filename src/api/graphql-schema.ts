import 'reflect-metadata';
import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { BookingResolver } from '../bookings/booking.resolver.ts';
import { DoorResolver } from '../door/door.resolver.ts';
import { EventResolver } from '../events/event.resolver.ts';
import { HoldResolver } from '../holds/hold.resolver.ts';
import { ReportResolver } from '../reports/report.resolver.ts';
import { TicketResolver, TicketsOfBookingResolver } from '../tickets/ticket.resolver.ts';
import { WaitingCountResolver, WaitingListResolver } from '../waiting-list/waiting-list.resolver.ts';

/** TypeGraphQL asks for one even when, as here, every subscription brings its own source. */
const unusedPubSub: PubSub = {
  publish: unused,
  subscribe: unused,
};

function unused(): never {
  throw new Error('Subscriptions take their events from LiveUpdates');
}

export function buildGraphqlSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      EventResolver,
      BookingResolver,
      HoldResolver,
      WaitingListResolver,
      WaitingCountResolver,
      TicketsOfBookingResolver,
      TicketResolver,
      DoorResolver,
      ReportResolver,
    ],
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    // The use cases check their input, the same for GraphQL and REST.
    validate: false,
    // Apollo Server checks it as well, by its rules instead of with a query of everything.
    skipCheck: true,
    pubSub: unusedPubSub,
  });
  describe(schema.getQueryType(), 'What there is.');
  describe(schema.getMutationType(), 'What can be done.');
  describe(schema.getSubscriptionType(), 'What can be watched, over WebSocket (graphql-transport-ws).');
  return schema;
}

/** TypeGraphQL has no place for the descriptions of the root types. */
function describe(root: GraphQLObjectType | null | undefined, description: string): void {
  if (root) root.description = description;
}
