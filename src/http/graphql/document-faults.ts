import { type DocumentNode, GraphQLError, type GraphQLSchema, type ValidationRule, validate } from 'graphql';

/**
 * What reading or validating a document threw where it should have reported: GraphQL's rule for subscriptions does at a
 * directive whose value it does not know, and the stack ends at a document nested without end.
 * @returns what is wrong with the document; null for an error of ours
 */
export function unreadableDocument(error: unknown): GraphQLError | null {
  if (error instanceof RangeError) return invalid('The document is nested too deeply.');
  return error instanceof GraphQLError ? invalid(error.message, error) : null;
}

function invalid(message: string, about?: GraphQLError): GraphQLError {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } };
  return new GraphQLError(message, { nodes: about?.nodes ?? null, extensions });
}

/** As GraphQL's own function, with what it throws among the problems. */
export function problemsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
): readonly GraphQLError[] {
  try {
    return validate(schema, document, rules, { maxErrors: 5, hideSuggestions: true });
  } catch (error) {
    const fault = unreadableDocument(error);
    if (!fault) throw error;
    return [fault];
  }
}
