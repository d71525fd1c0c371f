import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isListType,
} from 'graphql';
import {
  type ComplexityEstimator,
  fieldExtensionsEstimator,
  getComplexity,
  simpleEstimator,
} from 'graphql-query-complexity';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../pagination.ts';
import { unreadableDocument } from './document-faults.ts';

/** What a list without a page size is counted as, such as the tickets of a booking. */
const USUAL_LIST_LENGTH = 10;
/** Selections that are looked at, per field that may be answered: a fragment is a selection of no field of its own. */
const MAX_SELECTIONS_PER_FIELD = 2;

/** A page counts as often as it was asked for, by whatever name; its `edges` are then counted already. */
const lists: ComplexityEstimator = ({ args, field, childComplexity }) => {
  // The schema is what it is; the length of the document bounds what can be asked of it.
  if (field.name.startsWith('__')) return 0;
  if (field.args.some(({ name }) => name === 'first')) {
    // null asks for the usual page, as its absence does.
    const first = Number(args['first'] ?? DEFAULT_PAGE_SIZE);
    return 1 + Math.min(Math.max(first, 1), MAX_PAGE_SIZE) * childComplexity;
  }
  if (field.name === 'edges' || !isListType(getNullableType(field.type))) return undefined;
  return 1 + USUAL_LIST_LENGTH * childComplexity;
};
const estimators = [fieldExtensionsEstimator(), lists, simpleEstimator({ defaultComplexity: 1 })];

/**
 * Refuses an operation that may be answered with more fields than that. Comes after validation.
 * @throws GraphQLError
 */
export function assertComplexity(
  schema: GraphQLSchema,
  query: DocumentNode,
  request: { variables: Record<string, unknown> | undefined; operationName: string | undefined },
  maxComplexity: number,
): void {
  const { operationName } = request;
  const operation = getOperationAST(query, operationName);
  const { coerced: variables } = getVariableValues(
    schema,
    operation?.variableDefinitions ?? [],
    request.variables ?? {},
  );
  // The execution says what is wrong with the variables.
  if (!variables) return;
  const complexity = complexityOf({
    schema,
    query,
    estimators,
    variables,
    maxQueryNodes: MAX_SELECTIONS_PER_FIELD * maxComplexity,
    ...(operationName !== undefined && { operationName }),
  });
  if (complexity <= maxComplexity) return;
  throw refused(`The operation is too complex: ${complexity} fields, at most ${maxComplexity}.`);
}

/** The counting gives up, by throwing, at fragments within fragments without end and at directives of no known value. */
function complexityOf(options: Parameters<typeof getComplexity>[0]): number {
  try {
    return getComplexity(options);
  } catch (error) {
    const fault = unreadableDocument(error);
    throw fault ? refused(fault.message) : error;
  }
}

function refused(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}
