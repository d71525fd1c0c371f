import { Migration } from '@mikro-orm/migrations';

/** bookings_key_unique has taken its place. A constraint is dropped with the table for oneself, for a moment. */
export class Migration20261126KeyConstraint extends Migration {
  override up(): void {
    this.addSql('alter table "bookings" drop constraint if exists "bookings_idempotency_unique"');
  }
}
