import { Migration } from '@mikro-orm/migrations';

/** Has only what is owed. */
export class Migration20261128MailDue extends Migration {
  override up(): void {
    this.addSql('create index `bookings_mail_due` on `bookings` (`mail_due_at`) where mail_due_at is not null');
  }
}
