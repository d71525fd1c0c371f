import type { Database } from '../platform/database.ts';
import type { Finding } from './findings.ts';
import { orMalformed } from './findings.ts';
import { postgresqlFindings } from './integrity-of-postgresql.ts';
import { sqliteFindings } from './integrity-of-sqlite.ts';

/**
 * What the database finds wrong with itself, before anything is asked of its rows.
 * @param thorough on SQLite, hold each index against its table as well, which takes several times as long
 * @throws Malformed
 */
export function checkIntegrity(db: Database, { thorough }: { readonly thorough: boolean }): Promise<Finding[]> {
  return orMalformed(() => (db.kind === 'sqlite' ? sqliteFindings(db, thorough) : postgresqlFindings(db)));
}
