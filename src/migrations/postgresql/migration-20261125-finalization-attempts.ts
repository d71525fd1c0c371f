import { Migration } from '@mikro-orm/migrations';

/** Both columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261125FinalizationAttempts extends Migration {
  override up(): void {
    this.addSql(
      'alter table "bookings" add column "attempts" int not null default 0, add column "due_at" timestamptz(3) null',
    );
  }
}
