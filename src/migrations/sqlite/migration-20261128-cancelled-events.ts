import { Migration } from '@mikro-orm/migrations';

/** Has the few events whose bookings are still to be cancelled; no booking changes what it is about. */
export class Migration20261128CancelledEvents extends Migration {
  override up(): void {
    this.addSql(
      "create index `events_bookings_to_cancel` on `events` (`id`) where status = 'CANCELLED' and bookings_cancelled_at is null",
    );
  }
}
