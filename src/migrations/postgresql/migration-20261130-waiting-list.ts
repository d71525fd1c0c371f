import { Migration } from '@mikro-orm/migrations';

/** The new columns are known by their defaults, so no row is written, however many there are. */
export class Migration20261130WaitingList extends Migration {
  override up(): void {
    this.addSql('alter table "bookings" add column "waiting_list_entry_id" int null');
    this.addSql(
      'alter table "events" add column "waiting_list_offer_seconds" int not null default 600, add column "offers_owed" boolean not null default false',
    );
    this.addSql(
      'create table "waiting_list" ("id" serial primary key, "event_id" int not null, "user_id" varchar(255) not null, "quantity" int not null, "status" varchar(16) not null, "holder_name" varchar(200) null, "email" varchar(254) null, "version" int not null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "offered_at" timestamptz(3) null, constraint "waiting_list_quantity_positive" check (quantity >= 1), constraint "waiting_list_status_known" check (status in (\'WAITING\', \'OFFERED\', \'CONVERTED\', \'LAPSED\', \'LEFT\')))',
    );
    this.addSql(
      'create unique index "waiting_list_active_user" on "waiting_list" ("event_id", "user_id") where status in (\'WAITING\', \'OFFERED\')',
    );
    this.addSql(
      'create index "waiting_list_next" on "waiting_list" ("event_id", "quantity", "id") where status = \'WAITING\'',
    );
    this.addSql('create index "waiting_list_waiting" on "waiting_list" ("event_id", "id") where status = \'WAITING\'');
    this.addSql('create index "waiting_list_user" on "waiting_list" ("user_id", "id")');
  }
}
