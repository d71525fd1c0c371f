import type { AbstractSqlConnection, Dictionary } from '@mikro-orm/sql';
import type { Dialect, Driver } from 'kysely';

/** Lets `change` replace methods of the driver below MikroORM and Kysely. To be called before the first query. */
export function changeDriver(connection: AbstractSqlConnection, change: (driver: Driver) => void): void {
  const createDialect = connection.createKyselyDialect.bind(connection) as (options: Dictionary) => Dialect;
  connection.createKyselyDialect = (options) => {
    const dialect = createDialect(options);
    const createDriver = dialect.createDriver.bind(dialect);
    dialect.createDriver = () => {
      const driver = createDriver();
      change(driver);
      return driver;
    };
    return dialect;
  };
}
