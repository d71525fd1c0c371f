import { Migration } from '@mikro-orm/migrations';

/** Reads the tables while others sell: nobody waits for it who books. */
export class Migration20261129HoldConstraints extends Migration {
  override up(): void {
    this.addSql('alter table "events" validate constraint "events_held_within_booked"');
    this.addSql('alter table "bookings" validate constraint "bookings_status_known"');
  }
}
