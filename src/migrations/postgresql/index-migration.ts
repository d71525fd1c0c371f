import { Migration } from '@mikro-orm/migrations';

interface Index {
  readonly name: string;
  readonly unique?: true;
  /** What follows the name in CREATE INDEX. */
  readonly on: string;
}

/**
 * Builds indexes and drops those that they replace while others sell, and so outside a transaction. A build that was ended
 * in the middle leaves an index that is not valid: it is dropped, and built again.
 */
export abstract class IndexMigration extends Migration {
  protected abstract readonly indexes: readonly Index[];
  /** The names of indexes that nobody needs any more; a constraint's cannot go this way. */
  protected abstract readonly replaced: readonly string[];

  override isTransactional(): boolean {
    return false;
  }

  override async up(): Promise<void> {
    for (const { name, unique, on } of this.indexes) {
      const find = 'select indisvalid as valid from pg_index where indexrelid = to_regclass(?)';
      const [found] = await this.execute(find, [name]);
      if (found?.valid) continue;
      if (found) this.addSql(`drop index concurrently "${name}"`);
      this.addSql(`create ${unique ? 'unique index' : 'index'} concurrently "${name}" ${on}`);
    }
    for (const name of this.replaced) this.addSql(`drop index concurrently if exists "${name}"`);
  }
}
