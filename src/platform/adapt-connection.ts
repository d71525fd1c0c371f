import { raw } from '@mikro-orm/core';
import type { AbstractSqlConnection, Dictionary } from '@mikro-orm/sql';
import { CompiledQuery, type Dialect, type Driver, type Transaction } from 'kysely';

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

/** How a driver wants its parameters. */
export interface ParameterStyle {
  /** Stands in the text for the parameter at this position, the first at 1. */
  readonly mark: (position: number) => string;
  readonly date: (date: Date) => Date | number;
}

export const SQLITE_PARAMETERS: ParameterStyle = { mark: () => '?', date: (date) => date.getTime() };
export const POSTGRESQL_PARAMETERS: ParameterStyle = { mark: (position) => `$${position}`, date: (date) => date };

/**
 * MikroORM writes parameters into the text of a statement: each event and booking has texts of its own, and SQLite compiles
 * every one, into memory that Node gives back late. Here they are bound, and a text stays as it is.
 */
function bindParameters(connection: AbstractSqlConnection, { mark, date }: ParameterStyle): void {
  const execute = connection.execute.bind(connection);
  connection.execute = (query, params, method, ctx, loggerContext) => {
    if (typeof query !== 'string' || !Array.isArray(params) || params.length === 0) {
      return execute(query, params, method, ctx, loggerContext);
    }
    const bound: unknown[] = [];
    const marked = params.map((value: unknown) => {
      if (!isBindable(value)) return value;
      return raw(mark(bound.push(value instanceof Date ? date(value) : value)));
    });
    const text = connection.getPlatform().formatQuery(query, marked);
    // MikroORM hands over the text alone.
    const link = {
      executeQuery: (_text: CompiledQuery, options: object) =>
        (ctx ?? connection.getClient()).executeQuery(CompiledQuery.raw(text, bound), options),
    };
    return execute(text, [], method, link as unknown as Transaction<unknown>, loggerContext);
  };
}

function isBindable(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number' || value instanceof Date;
}

/**
 * Kysely gives a connection back only after a COMMIT or ROLLBACK that worked, and never after a BEGIN that failed: each
 * broken link would take one out of the pool for good, and of SQLite's there is only one.
 * (kysely 0.29: ControlledTransactionBuilder.execute, ControlledTransaction.rollback)
 */
function releaseAfterFailure(driver: Driver): void {
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
function tellFailures(driver: Driver, told: (error: unknown) => void): void {
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
