import { Migration } from '@mikro-orm/migrations';

const STATUSES = "'HELD', 'PENDING', 'FINALIZED', 'FAILED', 'CANCELLED', 'EXPIRED'";

/**
 * The new columns are known by their defaults, and a constraint is a word in the table's definition: no row is written. SQLite
 * reads the table once to see that each row keeps a new constraint, which takes less than building one of its indexes.
 */
export class Migration20261129Holds extends Migration {
  override up(): void {
    this.addSql('alter table `bookings` add column `expires_at` datetime null');
    this.addSql('alter table `bookings` add column `confirmed_at` datetime null');
    this.addSql('alter table `bookings` add column `confirmation_key` text null');
    this.addSql('alter table `bookings` add column `payment_reference` text null');
    this.addSql('alter table `bookings` drop constraint `bookings_status_known`');
    this.addSql(`alter table \`bookings\` add constraint \`bookings_status_known\` check (status in (${STATUSES}))`);
    this.addSql('alter table `events` add column `held_count` integer not null default 0');
    this.addSql('alter table `events` add column `max_hold_seconds` integer not null default 900');
    this.addSql(
      'alter table `events` add constraint `events_held_within_booked` check (held_count >= 0 and held_count + finalized_count <= booked_count)',
    );
  }
}
