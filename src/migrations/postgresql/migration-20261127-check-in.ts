import { Migration } from '@mikro-orm/migrations';

/** The new columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261127CheckIn extends Migration {
  override up(): void {
    this.addSql('alter table "events" add column "redeemed_count" int not null default 0');
    this.addSql(
      'alter table "tickets" add column "redeemed_by_device" varchar(255) null, add column "redeemed_nonce" varchar(255) null, add column "redeemed_offline" boolean not null default false, add column "version" int not null default 0',
    );
    this.addSql(
      'create table "check_in_undos" ("ticket_id" int not null, "ticket_version" int not null, "reason" varchar(255) not null, "undone_at" timestamptz(3) not null, "device" varchar(255) null, "nonce" varchar(255) null, "redeemed_at" timestamptz(3) not null, primary key ("ticket_id", "ticket_version"))',
    );
    this.addSql(
      'alter table "check_in_undos" add constraint "check_in_undos_ticket_id_foreign" foreign key ("ticket_id") references "tickets" ("id")',
    );
  }
}
