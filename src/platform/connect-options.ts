import type { Constructor, EntitySchema } from '@mikro-orm/core';
import { type Migration, Migrator } from '@mikro-orm/migrations';
import type { PoolFigures } from './metrics/storage-metrics.ts';
import type { SyncFile } from './sqlite/wal-sync.ts';

export const MIGRATIONS_TABLE = 'boxoffice_migrations';

export interface Schema {
  readonly entities: EntitySchema[];
  readonly migrations: { name: string; class: Constructor<Migration> }[];
}

export interface ConnectOptions {
  /** For maintenance: statements may take as long as they need, whatever the database's own settings are. */
  readonly patient?: boolean;
  /** A SQLite file that is missing is an error, not a new database. */
  readonly mustExist?: boolean;
  /** What MikroORM has to say, such as a connection that broke. */
  readonly onMessage?: (message: string) => void;
  /** What whoever runs the box office must know. */
  readonly onWarning?: (message: string) => void;
  /**
   * Nothing can be committed in this process any more: it must end, and be started again. Called once, when that can
   * lose nothing that was committed; whatever is asked of the database from then on is refused.
   */
  readonly onFatal?: (error: Error) => void;
  /** Told of every statement that failed, and of everything else that the database did not do. */
  readonly onFailure?: (error: unknown) => void;
  /** Told of every transaction that is on the disk, by its name. */
  readonly onCommit?: (transaction: string, seconds: number) => void;
  /** Told of the pool of connections, where there is one. */
  readonly onPool?: (pool: PoolFigures) => void;
  readonly failpoints?: Failpoints;
  /** In place of fdatasync. */
  readonly syncFile?: SyncFile;
}

export function ormOptions({ entities, migrations }: Schema, { onMessage = () => undefined }: ConnectOptions) {
  return {
    entities,
    // A mistyped DATABASE_URL must be an error, not a new database.
    ensureDatabase: false,
    logger: onMessage,
    colors: false,
    extensions: [Migrator],
    migrations: { tableName: MIGRATIONS_TABLE, migrationsList: migrations, snapshot: false },
  };
}

/** Named places in which a test makes a process stop, fail or die: `<transaction>:before-commit` and `:after-commit`. */
type Failpoint = `${string}:${'before-commit' | 'after-commit'}`;

/** Only the composition root hands them in; no request can reach them, and in production they do nothing. */
export type Failpoints = (point: Failpoint) => void | Promise<void>;

export const noFailpoints: Failpoints = () => undefined;
