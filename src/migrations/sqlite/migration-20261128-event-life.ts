import { Migration } from '@mikro-orm/migrations';

/** The new columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261128EventLife extends Migration {
  override up(): void {
    this.addSql('alter table `events` add column `description` text null');
    this.addSql('alter table `events` add column `venue` text null');
    this.addSql('alter table `events` add column `starts_at` datetime null');
    this.addSql('alter table `events` add column `ends_at` datetime null');
    this.addSql("alter table `events` add column `time_zone` text not null default 'UTC'");
    this.addSql('alter table `events` add column `edition` integer not null default 1');
    this.addSql('alter table `events` add column `cancelled_at` datetime null');
    this.addSql('alter table `events` add column `cancellation_reason` text null');
    this.addSql('alter table `events` add column `bookings_cancelled_at` datetime null');
  }
}
