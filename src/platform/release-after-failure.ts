import type { Driver } from 'kysely';

/**
 * Kysely gives a connection back only after a COMMIT or ROLLBACK that worked, and never after a BEGIN that failed: each
 * broken link would take one out of the pool for good, and of SQLite's there is only one.
 * (kysely 0.29: ControlledTransactionBuilder.execute, ControlledTransaction.rollback)
 */
export function releaseAfterFailure(driver: Driver): void {
  const begin = driver.beginTransaction.bind(driver);
  const rollback = driver.rollbackTransaction.bind(driver);
  driver.beginTransaction = async (link, settings) => {
    try {
      await begin(link, settings);
    } catch (error) {
      await driver.releaseConnection(link);
      throw error;
    }
  };
  // The link is broken, or the database has rolled back by itself, as SQLite does when the disk is full.
  driver.rollbackTransaction = (link) => rollback(link).catch(() => undefined);
}

interface PostgresClient {
  query(...args: unknown[]): unknown;
  end(): Promise<void>;
}

/**
 * A connection whose answer did not come in time is closed, not used again: whatever was asked on it may still be done,
 * and its transaction be open.
 */
export function closeAfterTimeout(client: PostgresClient): void {
  const query = client.query.bind(client);
  client.query = (...args) => {
    const result = query(...args);
    if (!(result instanceof Promise)) return result;
    return result.catch((error: Error) => {
      if (error.message === 'Query read timeout') void client.end().catch(() => undefined);
      throw error;
    });
  };
}

/** Tells of every statement that fails, and of every connection that cannot be had. */
export function tellFailures(driver: Driver, told: (error: unknown) => void): void {
  const watched = new WeakSet<object>();
  const telling = (error: unknown): never => {
    told(error);
    throw error;
  };
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (...options) => {
    const link = await acquire(...options).catch(telling);
    if (watched.has(link)) return link;
    watched.add(link);
    const execute = link.executeQuery.bind(link);
    link.executeQuery = (...query) => execute<never>(...query).catch(telling);
    return link;
  };
}
