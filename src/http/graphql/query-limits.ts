import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type FieldNode,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import type { Config, QueryLimits } from '../../config.ts';

/** Rules for documents beyond those of the specification, the same for HTTP and WebSocket. */
export function documentRules({ graphql: limits, introspection }: Config): ValidationRule[] {
  return [
    maxAliasesRule({ n: limits.maxAliases, allowList: [], ...reporting }),
    maxDepthRule({ n: limits.maxDepth, flattenFragments: true, ...reporting }),
    maxDirectivesRule({ n: limits.maxDirectives, ...reporting }),
    noDuplicates(limits),
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
}

/** They would throw, which is no answer to a document, and call what is too much a syntax error. */
const reporting = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, { message }: GraphQLError) =>
      context?.reportError(new GraphQLError(message.replace('Syntax Error: ', ''))),
  ],
};

/** The same field again and again in one selection makes validation slow and says nothing new. */
function noDuplicates({ maxDuplicates }: QueryLimits): ValidationRule {
  return (context) => ({
    SelectionSet(node) {
      const most = Math.max(0, ...occurrences(node).values());
      if (most <= maxDuplicates) return;
      const message = `A selection may have the same field ${maxDuplicates} times, found ${most}.`;
      context.reportError(new GraphQLError(message, { nodes: [node] }));
    },
  });
}

function answeredAs({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function occurrences({ selections }: SelectionSetNode): Map<string, number> {
  const counts = new Map<string, number>();
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) continue;
    const name = selection.kind === Kind.FRAGMENT_SPREAD ? `...${selection.name.value}` : answeredAs(selection);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
