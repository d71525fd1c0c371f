import type { Driver } from 'kysely';

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
