import { IndexMigration } from './index-migration.ts';

/** Have only the bookings that were made as offers, and the few events that have more to offer. */
export class Migration20261130Offers extends IndexMigration {
  protected readonly indexes = [
    {
      name: 'bookings_waiting_list_entry',
      unique: true,
      on: 'on "bookings" ("waiting_list_entry_id") where waiting_list_entry_id is not null',
    },
    { name: 'events_offers_owed', on: 'on "events" ("id") where offers_owed' },
  ] as const;
  protected readonly replaced = [];
}
