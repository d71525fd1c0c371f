import { Migration } from '@mikro-orm/migrations';

/** Have only the bookings that were made as offers, and the few events that have more to offer. */
export class Migration20261130Offers extends Migration {
  override up(): void {
    this.addSql(
      'create unique index `bookings_waiting_list_entry` on `bookings` (`waiting_list_entry_id`) where waiting_list_entry_id is not null',
    );
    this.addSql('create index `events_offers_owed` on `events` (`id`) where offers_owed');
  }
}
