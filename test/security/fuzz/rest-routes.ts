import type { OpenApiDocument } from '../../support/openapi-document.ts';
import type { WrittenJson } from './arbitrary-json.ts';
import type { InputSchema } from './arbitrary-of-schema.ts';

interface Parameter {
  readonly name: string;
  readonly schema: InputSchema;
}

/** What a document says of the requests of one route. */
export interface Route {
  readonly method: string;
  /** Such as `/event/{event_id}`. */
  readonly template: string;
  readonly parameters: Readonly<Record<'path' | 'query' | 'header', readonly Parameter[]>>;
  readonly bodySchema: InputSchema | null;
  /** Those it may answer with. */
  readonly statuses: readonly number[];
}

interface DocumentedOperation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: InputSchema;
    readonly example?: WrittenJson;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

export function restRoutes({ paths, components }: OpenApiDocument): Route[] {
  const referred = ({ $ref }: { $ref: string }) =>
    components.schemas[$ref.replace('#/components/schemas/', '')] as unknown as InputSchema;
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, documented]) => {
      const { parameters = [], requestBody, responses } = documented as unknown as DocumentedOperation;
      const those = (place: string) =>
        parameters
          .filter((parameter) => parameter.in === place)
          .map(({ name, schema, example }) => ({
            name,
            schema: example === undefined ? schema : { ...schema, examples: [example] },
          }));
      const { schema: body } = requestBody?.content['application/json'] ?? {};
      return {
        method: method.toUpperCase(),
        template,
        parameters: { path: those('path'), query: those('query'), header: those('header') },
        bodySchema: body ? referred(body) : null,
        statuses: Object.keys(responses).map(Number),
      };
    }),
  );
}
