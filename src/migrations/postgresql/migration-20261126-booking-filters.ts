import { IndexMigration } from './index-migration.ts';

/**
 * The indexes that every filter of bookings needs, docs/decisions/0007-an-index-for-every-filter.md. The new ones come first, so
 * that nothing is without one meanwhile.
 */
export class Migration20261126BookingFilters extends IndexMigration {
  protected readonly indexes = [
    { name: 'bookings_status_page', on: 'on "bookings" ("status", "id")' },
    { name: 'bookings_event_status_page', on: 'on "bookings" ("status", "event_id", "id")' },
    { name: 'bookings_user_pending_page', on: `on "bookings" ("user_id", "id") where status = 'PENDING'` },
    { name: 'bookings_user_status_page', on: `on "bookings" ("user_id", "status", "id") where status <> 'PENDING'` },
    {
      name: 'bookings_event_user_pending_page',
      on: `on "bookings" ("event_id", "user_id", "id", "quantity") where status = 'PENDING'`,
    },
    {
      name: 'bookings_event_user_status_page',
      on: `on "bookings" ("event_id", "user_id", "status", "id", "quantity") where status <> 'PENDING'`,
    },
    { name: 'bookings_next_due', on: `on "bookings" ("due_at") where status = 'PENDING' and due_at is not null` },
    {
      name: 'bookings_key_unique',
      unique: true,
      on: 'on "bookings" ("user_id", "idempotency_key") where idempotency_key is not null',
    },
  ] as const;
  protected readonly replaced = [
    'bookings_user_page',
    'bookings_pending_page',
    'bookings_failed_page',
    'bookings_cancelled_page',
  ];
}
