import { Migration } from '@mikro-orm/migrations';

export class Migration20261123Initial extends Migration {
  override up(): void {
    this.addSql(
      "create table `events` (`id` integer not null primary key autoincrement, `title` text not null, `capacity` integer not null, `booked_count` integer not null default 0, `finalized_count` integer not null default 0, `sales_open_at` datetime null, `sales_close_at` datetime null, `max_per_booking` integer not null default 10, `max_per_user` integer null, `status` text not null default 'ON_SALE', `version` integer not null default 0, `created_at` datetime not null, constraint `events_capacity_positive` check (capacity >= 1), constraint `events_never_oversold` check (booked_count >= 0 and booked_count <= capacity), constraint `events_finalized_within_booked` check (finalized_count >= 0 and finalized_count <= booked_count), constraint `events_status_known` check (status in ('ON_SALE', 'CLOSED', 'CANCELLED')))",
    );
    this.addSql(
      "create table `bookings` (`id` integer not null primary key autoincrement, `reference` text not null, `event_id` integer not null, `user_id` text not null, `quantity` integer not null, `status` text not null, `idempotency_key` text null, `fingerprint` text not null, `failure_reason` text null, `version` integer not null, `created_at` datetime not null, `updated_at` datetime not null, `finalized_at` datetime null, constraint `bookings_event_id_foreign` foreign key (`event_id`) references `events` (`id`), constraint `bookings_quantity_positive` check (quantity >= 1), constraint `bookings_status_known` check (status in ('PENDING', 'FINALIZED', 'FAILED', 'CANCELLED')))",
    );
    this.addSql('create index `bookings_event_page` on `bookings` (`event_id`, `id`)');
    this.addSql('create index `bookings_user_page` on `bookings` (`user_id`, `id`)');
    this.addSql("create index `bookings_pending_page` on `bookings` (`status`, `id`) where status = 'PENDING'");
    this.addSql("create index `bookings_failed_page` on `bookings` (`status`, `id`) where status = 'FAILED'");
    this.addSql("create index `bookings_cancelled_page` on `bookings` (`status`, `id`) where status = 'CANCELLED'");
    this.addSql('create unique index `bookings_reference_unique` on `bookings` (`reference`)');
    this.addSql('create unique index `bookings_idempotency_unique` on `bookings` (`user_id`, `idempotency_key`)');
    this.addSql(
      'create table `tickets` (`id` integer not null primary key autoincrement, `booking_id` integer not null, `serial` integer not null, `code` text not null, `redeemed_at` datetime null, constraint `tickets_booking_id_foreign` foreign key (`booking_id`) references `bookings` (`id`), constraint `tickets_serial_positive` check (serial >= 1))',
    );
    this.addSql('create unique index `tickets_serial_unique` on `tickets` (`booking_id`, `serial`)');
    this.addSql('create unique index `tickets_code_unique` on `tickets` (`code`)');
  }
}
