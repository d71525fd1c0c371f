import type { AbstractSqlConnection, Dictionary } from '@mikro-orm/sql';
import type { Dialect, Driver } from 'kysely';
import { bindParameters, type ParameterStyle } from './bound-parameters.ts';
import { releaseAfterFailure, tellFailures } from './release-after-failure.ts';

interface Adaptation {
  readonly parameters: ParameterStyle;
  /** Told of every statement that fails, and of every connection that cannot be had. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
  /** What else the driver is to do in another way; comes first, so that the rest watches it. */
  readonly changeDriver?: (driver: Driver) => void;
  /** Called when the database is open, before its first query. */
  readonly onOpen?: () => void;
}

/** Makes MikroORM's connection, and what is below it, ours. To be called before the first query. */
export function adaptConnection(connection: AbstractSqlConnection, adaptation: Adaptation): void {
  const { parameters, onFailure, changeDriver, onOpen } = adaptation;
  bindParameters(connection, parameters);
  const createDialect = connection.createKyselyDialect.bind(connection) as (options: Dictionary) => Dialect;
  connection.createKyselyDialect = (options) => {
    const dialect = createDialect(options);
    onOpen?.();
    const createDriver = dialect.createDriver.bind(dialect);
    dialect.createDriver = () => {
      const driver = createDriver();
      changeDriver?.(driver);
      releaseAfterFailure(driver);
      if (onFailure) tellFailures(driver, onFailure);
      return driver;
    };
    return dialect;
  };
}
