import { defaultFieldResolver, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { requiredOwner } from '../../auth/permissions.ts';
import type { GraphqlContext } from './context.ts';

type Resolver = GraphQLFieldResolver<unknown, GraphqlContext>;

/** Puts permission and rate limit before every operation, also before one that somebody forgot to think of. */
export function guardOperations(schema: GraphQLSchema): void {
  const callable = [schema.getQueryType(), schema.getMutationType()];
  for (const field of callable.flatMap((root) => Object.values(root?.getFields() ?? {}))) {
    field.resolve = guarded(field, field.resolve ?? defaultFieldResolver);
  }
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    if (field.subscribe) field.subscribe = notingScope(field, guarded(field, field.subscribe));
  }
}

/** Who may see the same may be served together. */
function notingScope({ name }: GraphQLField<unknown, unknown>, subscribe: Resolver): Resolver {
  return (source, args, context, info) => {
    context.only = requiredOwner(context.viewer, name);
    return subscribe(source, args, context, info);
  };
}

function guarded({ name }: GraphQLField<unknown, unknown>, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    requiredOwner(context.viewer, name);
    const admitted = context.rateLimits.admit(name, context.viewer, context.address);
    return admitted ? admitted.then(() => resolve(source, args, context, info)) : resolve(source, args, context, info);
  };
}
