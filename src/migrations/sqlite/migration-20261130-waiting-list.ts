import { Migration } from '@mikro-orm/migrations';

/** The new columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261130WaitingList extends Migration {
  override up(): void {
    this.addSql('alter table `bookings` add column `waiting_list_entry_id` integer null');
    this.addSql('alter table `events` add column `waiting_list_offer_seconds` integer not null default 600');
    this.addSql('alter table `events` add column `offers_owed` integer not null default false');
    this.addSql(
      "create table `waiting_list` (`id` integer not null primary key autoincrement, `event_id` integer not null, `user_id` text not null, `quantity` integer not null, `status` text not null, `holder_name` text null, `email` text null, `version` integer not null, `created_at` datetime not null, `updated_at` datetime not null, `offered_at` datetime null, constraint `waiting_list_quantity_positive` check (quantity >= 1), constraint `waiting_list_status_known` check (status in ('WAITING', 'OFFERED', 'CONVERTED', 'LAPSED', 'LEFT')))",
    );
    this.addSql(
      "create unique index `waiting_list_active_user` on `waiting_list` (`event_id`, `user_id`) where status in ('WAITING', 'OFFERED')",
    );
    this.addSql(
      "create index `waiting_list_next` on `waiting_list` (`event_id`, `quantity`, `id`) where status = 'WAITING'",
    );
    this.addSql("create index `waiting_list_waiting` on `waiting_list` (`event_id`, `id`) where status = 'WAITING'");
    this.addSql('create index `waiting_list_user` on `waiting_list` (`user_id`, `id`)');
  }
}
