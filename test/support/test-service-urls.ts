/** The Redis that all test files share: use own key prefixes and channels, and never flush it. */
export const testRedisUrl = (): string => fromGlobalSetup('TEST_REDIS_URL');

/** The PostgreSQL server that all test files share; `createDatabase` gives a database of one's own on it. */
export const testPostgresUrl = (): string => fromGlobalSetup('TEST_POSTGRES_URL');

export const postgresTemplate = (): string => fromGlobalSetup('TEST_POSTGRES_TEMPLATE');

function fromGlobalSetup(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: this test needs real services, which TEST_SERVICES=none leaves out`);
}
