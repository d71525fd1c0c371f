import { Migration } from '@mikro-orm/migrations';

/** Have only what is HELD. */
export class Migration20261129HoldExpiry extends Migration {
  override up(): void {
    this.addSql("create index `bookings_next_expiry` on `bookings` (`expires_at`, `event_id`) where status = 'HELD'");
    this.addSql(
      "create index `bookings_event_expiry` on `bookings` (`event_id`, `expires_at`, `id`) where status = 'HELD'",
    );
  }
}
