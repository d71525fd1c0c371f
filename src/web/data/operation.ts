declare const types: unique symbol;

/** The text of a GraphQL operation, which knows what it answers and takes. */
export type Operation<Data, Variables> = string & { readonly [types]?: (variables: Variables) => Data };
