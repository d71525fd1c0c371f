import type { Container } from '../../container.ts';
import type { Logger } from '../../platform/logger.ts';
import { RowLoaders } from './row-loaders.ts';

/** What resolvers get: made for each operation. */
export interface GraphqlContext {
  readonly container: Container;
  readonly rows: RowLoaders;
  /** Carries the request's id. */
  readonly log: Pick<Logger, 'debug' | 'warn' | 'error'>;
}

export function graphqlContext(container: Container, log: GraphqlContext['log']): GraphqlContext {
  return { container, rows: new RowLoaders(container), log };
}
