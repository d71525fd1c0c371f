import { Migration } from '@mikro-orm/migrations';

/** The new columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261127CheckIn extends Migration {
  override up(): void {
    this.addSql('alter table `events` add column `redeemed_count` integer not null default 0');
    this.addSql('alter table `tickets` add column `redeemed_by_device` text null');
    this.addSql('alter table `tickets` add column `redeemed_nonce` text null');
    this.addSql('alter table `tickets` add column `redeemed_offline` integer not null default false');
    this.addSql('alter table `tickets` add column `version` integer not null default 0');
    this.addSql(
      'create table `check_in_undos` (`ticket_id` integer not null, `ticket_version` integer not null, `reason` text not null, `undone_at` datetime not null, `device` text null, `nonce` text null, `redeemed_at` datetime not null, primary key (`ticket_id`, `ticket_version`), constraint `check_in_undos_ticket_id_foreign` foreign key (`ticket_id`) references `tickets` (`id`))',
    );
  }
}
