import { Migration } from '@mikro-orm/migrations';

/**
 * The indexes that every filter of bookings needs, docs/decisions/0007-an-index-for-every-filter.md. The new ones come first, so
 * that nothing is without one meanwhile.
 */
export class Migration20261126BookingFilters extends Migration {
  override up(): void {
    this.addSql('create index `bookings_status_page` on `bookings` (`status`, `id`)');
    this.addSql('create index `bookings_event_status_page` on `bookings` (`status`, `event_id`, `id`)');
    this.addSql("create index `bookings_user_pending_page` on `bookings` (`user_id`, `id`) where status = 'PENDING'");
    this.addSql(
      "create index `bookings_user_status_page` on `bookings` (`user_id`, `status`, `id`) where status <> 'PENDING'",
    );
    this.addSql(
      "create index `bookings_event_user_pending_page` on `bookings` (`event_id`, `user_id`, `id`) where status = 'PENDING'",
    );
    this.addSql(
      "create index `bookings_event_user_status_page` on `bookings` (`event_id`, `user_id`, `status`, `id`) where status <> 'PENDING'",
    );
    this.addSql(
      "create index `bookings_next_due` on `bookings` (`due_at`) where status = 'PENDING' and due_at is not null",
    );
    this.addSql(
      'create unique index `bookings_key_unique` on `bookings` (`user_id`, `idempotency_key`) where idempotency_key is not null',
    );
    this.addSql('drop index `bookings_user_page`');
    this.addSql('drop index `bookings_pending_page`');
    this.addSql('drop index `bookings_failed_page`');
    this.addSql('drop index `bookings_cancelled_page`');
    this.addSql('drop index `bookings_idempotency_unique`');
  }
}
