import type { OpenApiDocument } from '../../support/openapi-document.ts';
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

export function restRoutes({ paths, components }: OpenApiDocument): Route[] {
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => {
      const those = (place: string) =>
        parameters
          .filter((parameter) => parameter.in === place)
          .map(({ name, schema, example }) => {
            return {
              name,
              schema: (example === undefined ? schema : { ...schema, examples: [example] }) as InputSchema,
            };
          });
      const { $ref = '' } = requestBody?.content['application/json']?.schema ?? {};
      return {
        method: method.toUpperCase(),
        template,
        parameters: { path: those('path'), query: those('query'), header: those('header') },
        bodySchema: (components.schemas[$ref.replace('#/components/schemas/', '')] as InputSchema | undefined) ?? null,
        statuses: Object.keys(responses).map(Number),
      };
    }),
  );
}
