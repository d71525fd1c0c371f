import { Migration } from '@mikro-orm/migrations';

/** docs/decisions/0007-an-index-for-every-filter.md */
const INDEXES = {
  bookings_status_page: 'create index `bookings_status_page` on `bookings` (`status`, `id`)',
  bookings_event_status_page: 'create index `bookings_event_status_page` on `bookings` (`status`, `event_id`, `id`)',
  bookings_user_pending_page:
    "create index `bookings_user_pending_page` on `bookings` (`user_id`, `id`) where status = 'PENDING'",
  bookings_user_status_page:
    "create index `bookings_user_status_page` on `bookings` (`user_id`, `status`, `id`) where status <> 'PENDING'",
  bookings_event_user_pending_page:
    "create index `bookings_event_user_pending_page` on `bookings` (`event_id`, `user_id`, `id`, `quantity`) where status = 'PENDING'",
  bookings_event_user_status_page:
    "create index `bookings_event_user_status_page` on `bookings` (`event_id`, `user_id`, `status`, `id`, `quantity`) where status <> 'PENDING'",
  bookings_next_due:
    "create index `bookings_next_due` on `bookings` (`due_at`) where status = 'PENDING' and due_at is not null",
  bookings_key_unique:
    'create unique index `bookings_key_unique` on `bookings` (`user_id`, `idempotency_key`) where idempotency_key is not null',
} as const;

/**
 * The indexes that every filter of bookings needs, each by a migration of its own: SQLite has one writer at a time, and
 * whoever sells gets in between.
 */
export const bookingFilterIndexes = Object.entries(INDEXES).map(([name, statement]) => ({
  name: `20261126-${name.replaceAll('_', '-')}`,
  class: class extends Migration {
    override up(): void {
      this.addSql(statement);
    }
  },
}));

/** Comes after them, so that nothing is without an index meanwhile. */
export class Migration20261126BookingFilters extends Migration {
  override up(): void {
    this.addSql('drop index `bookings_user_page`');
    this.addSql('drop index `bookings_pending_page`');
    this.addSql('drop index `bookings_failed_page`');
    this.addSql('drop index `bookings_cancelled_page`');
    this.addSql('drop index `bookings_idempotency_unique`');
  }
}
