import { IndexMigration } from './index-migration.ts';

/** Has the few events whose bookings are still to be cancelled; no booking changes what it is about. */
export class Migration20261128CancelledEvents extends IndexMigration {
  protected readonly indexes = [
    {
      name: 'events_bookings_to_cancel',
      on: `on "events" ("id") where status = 'CANCELLED' and bookings_cancelled_at is null`,
    },
  ] as const;
  protected readonly replaced = [];
}
