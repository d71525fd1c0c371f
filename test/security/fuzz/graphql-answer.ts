/** What is told besides the message, per error. */
const KNOWN_EXTENSIONS = new Set(['code', 'problems', 'retryAfterMs']);
const KNOWN_KEYS = new Set(['message', 'locations', 'path', 'extensions']);

/** The codes of an office where nobody is asked for a token or limited, and where nothing of ours fails. */
const EXPECTED_CODES = new Set([
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
]);

export interface GraphqlResult {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

export interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

/** What is wrong with a list of errors; nothing when each is a documented one. */
export function faultsOfErrors(errors: unknown): string[] {
  if (!Array.isArray(errors) || errors.length === 0) return ['errors that are no list'];
  return (errors as GraphqlError[]).flatMap((error) => {
    const { code = 'none' } = error.extensions ?? {};
    const unknown = [
      ...Object.keys(error).filter((key) => !KNOWN_KEYS.has(key)),
      ...Object.keys(error.extensions ?? {}).filter((key) => !KNOWN_EXTENSIONS.has(key)),
    ];
    return [
      ...(EXPECTED_CODES.has(code) ? [] : [`the code ${code}: ${error.message}`]),
      ...unknown.map((key) => `an error with ${key}`),
    ];
  });
}

/** The same for a result: what was executed has data, what was not has errors only. */
export function faultsOfResult(result: GraphqlResult): string[] {
  const { data, errors, ...more } = result;
  return [
    ...Object.keys(more).map((key) => `an answer with ${key}`),
    ...(data == null || errors !== undefined ? faultsOfErrors(errors) : []),
  ];
}

/** `data`, or the codes of its errors. */
export function outcomesOf({ data, errors = [] }: GraphqlResult): string[] {
  return [...(data == null ? [] : ['data']), ...errors.map(({ extensions }) => extensions?.code ?? 'none')];
}
