import { Migration } from '@mikro-orm/migrations';

/** The new columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261128Mail extends Migration {
  override up(): void {
    this.addSql(
      'alter table "bookings" add column "email" varchar(254) null, add column "mail_status" varchar(16) null, add column "mail_error" varchar(255) null, add column "mail_attempts" int not null default 0, add column "mail_due_at" timestamptz(3) null',
    );
  }
}
