import type { DatabaseConfig } from '../config.ts';
import type { ConnectOptions } from '../platform/connect-options.ts';
import { connectDatabase, type Database } from '../platform/database.ts';
import { schemaOf } from './schema.ts';

/** Opens the box office's own database, with its entities and migrations; applies none. */
export function openDatabase(config: DatabaseConfig, options?: ConnectOptions): Promise<Database> {
  return connectDatabase(config, schemaOf(config.kind), options);
}
