import { Migration } from '@mikro-orm/migrations';

/** The new columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261128EventLife extends Migration {
  override up(): void {
    this.addSql(
      'alter table "events" add column "description" varchar(5000) null, add column "venue" varchar(200) null, add column "starts_at" timestamptz(3) null, add column "ends_at" timestamptz(3) null, add column "time_zone" varchar(64) not null default \'UTC\', add column "edition" int not null default 1, add column "cancelled_at" timestamptz(3) null, add column "cancellation_reason" varchar(500) null, add column "bookings_cancelled_at" timestamptz(3) null',
    );
  }
}
