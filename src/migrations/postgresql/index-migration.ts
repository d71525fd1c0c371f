import { Migration } from '@mikro-orm/migrations';

/**
 * Builds indexes while others sell, and so outside a transaction. A build that was ended in the middle leaves an index that
 * is not valid: it is dropped, and built again.
 */
export abstract class IndexMigration extends Migration {
  /** By its name, what follows it in CREATE INDEX. */
  protected abstract readonly indexes: Readonly<Record<string, string>>;

  override isTransactional(): boolean {
    return false;
  }

  override async up(): Promise<void> {
    for (const [name, definition] of Object.entries(this.indexes)) {
      const [found] = await this.execute('select indisvalid as valid from pg_index where indexrelid = to_regclass(?)', [
        name,
      ]);
      if (found?.valid) continue;
      if (found) this.addSql(`drop index concurrently "${name}"`);
      this.addSql(`create index concurrently "${name}" ${definition}`);
    }
  }
}
