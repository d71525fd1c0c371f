import { Migration } from '@mikro-orm/migrations';

/** The new columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261128Mail extends Migration {
  override up(): void {
    this.addSql('alter table `bookings` add column `email` text null');
    this.addSql('alter table `bookings` add column `mail_status` text null');
    this.addSql('alter table `bookings` add column `mail_error` text null');
    this.addSql('alter table `bookings` add column `mail_attempts` integer not null default 0');
    this.addSql('alter table `bookings` add column `mail_due_at` datetime null');
  }
}
