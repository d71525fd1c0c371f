import type { AbstractSqlConnection } from '@mikro-orm/sql';
import { changeDriver } from './change-driver.ts';

/** Tells of every statement that fails, and of every connection that cannot be had. To be called before the first query. */
export function tellFailures(connection: AbstractSqlConnection, told: (error: unknown) => void): void {
  const watched = new WeakSet<object>();
  const telling = (error: unknown): never => {
    told(error);
    throw error;
  };
  changeDriver(connection, (driver) => {
    const acquire = driver.acquireConnection.bind(driver);
    driver.acquireConnection = async (...options) => {
      const link = await acquire(...options).catch(telling);
      if (watched.has(link)) return link;
      watched.add(link);
      const execute = link.executeQuery.bind(link);
      link.executeQuery = (...query) => execute<never>(...query).catch(telling);
      return link;
    };
  });
}
