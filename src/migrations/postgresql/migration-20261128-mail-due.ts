import { IndexMigration } from './index-migration.ts';

/** Has only what is owed. */
export class Migration20261128MailDue extends IndexMigration {
  protected readonly indexes = [
    { name: 'bookings_mail_due', on: 'on "bookings" ("mail_due_at") where mail_due_at is not null' },
  ] as const;
  protected readonly replaced = [];
}
