import { Migration } from '@mikro-orm/migrations';

/**
 * The indexes that every filter of bookings needs, docs/decisions/0007-an-index-for-every-filter.md. The new ones come first, so
 * that nothing is without one meanwhile.
 */
export class Migration20261126BookingFilters extends Migration {
  /** CREATE INDEX CONCURRENTLY lets sales go on, and wants no transaction around it. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql('create index concurrently if not exists "bookings_status_page" on "bookings" ("status", "id")');
    this.addSql(
      'create index concurrently if not exists "bookings_event_status_page" on "bookings" ("status", "event_id", "id")',
    );
    this.addSql(
      `create index concurrently if not exists "bookings_user_pending_page" on "bookings" ("user_id", "id") where status = 'PENDING'`,
    );
    this.addSql(
      `create index concurrently if not exists "bookings_user_status_page" on "bookings" ("user_id", "status", "id") where status <> 'PENDING'`,
    );
    this.addSql(
      `create index concurrently if not exists "bookings_event_user_pending_page" on "bookings" ("event_id", "user_id", "id") where status = 'PENDING'`,
    );
    this.addSql(
      `create index concurrently if not exists "bookings_event_user_status_page" on "bookings" ("event_id", "user_id", "status", "id") where status <> 'PENDING'`,
    );
    this.addSql(
      `create index concurrently if not exists "bookings_next_due" on "bookings" ("due_at") where status = 'PENDING' and due_at is not null`,
    );
    this.addSql(
      'create unique index concurrently if not exists "bookings_key_unique" on "bookings" ("user_id", "idempotency_key") where idempotency_key is not null',
    );
    this.addSql('drop index concurrently if exists "bookings_user_page"');
    this.addSql('drop index concurrently if exists "bookings_pending_page"');
    this.addSql('drop index concurrently if exists "bookings_failed_page"');
    this.addSql('drop index concurrently if exists "bookings_cancelled_page"');
    this.addSql('alter table "bookings" drop constraint if exists "bookings_idempotency_unique"');
  }
}
