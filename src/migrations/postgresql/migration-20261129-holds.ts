import { Migration } from '@mikro-orm/migrations';

const STATUSES = "'HELD', 'PENDING', 'FINALIZED', 'FAILED', 'CANCELLED', 'EXPIRED'";

/**
 * The new columns are known by their defaults, and the new constraints are for new rows at first, so no row is read or written,
 * however many there are. The next migration holds the constraints against the rows that are there.
 */
export class Migration20261129Holds extends Migration {
  override up(): void {
    this.addSql(
      'alter table "bookings" add column "expires_at" timestamptz(3) null, add column "confirmed_at" timestamptz(3) null, add column "confirmation_key" varchar(255) null, add column "payment_reference" varchar(255) null, drop constraint "bookings_status_known"',
    );
    this.addSql(
      `alter table "bookings" add constraint "bookings_status_known" check (status in (${STATUSES})) not valid`,
    );
    this.addSql(
      'alter table "events" add column "held_count" int not null default 0, add column "max_hold_seconds" int not null default 900',
    );
    this.addSql(
      'alter table "events" add constraint "events_held_within_booked" check (held_count >= 0 and held_count + finalized_count <= booked_count) not valid',
    );
  }
}
