import { IndexMigration } from './index-migration.ts';

/** Have only what is HELD. */
export class Migration20261129HoldExpiry extends IndexMigration {
  protected readonly indexes = [
    { name: 'bookings_next_expiry', on: `on "bookings" ("expires_at", "event_id") where status = 'HELD'` },
    { name: 'bookings_event_expiry', on: `on "bookings" ("event_id", "expires_at", "id") where status = 'HELD'` },
  ] as const;
  protected readonly replaced = [];
}
