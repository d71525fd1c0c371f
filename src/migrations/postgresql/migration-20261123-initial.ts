import { Migration } from '@mikro-orm/migrations';

export class Migration20261123Initial extends Migration {
  override up(): void {
    this.addSql(
      'create table "events" ("id" serial primary key, "title" varchar(200) not null, "capacity" int not null, "booked_count" int not null default 0, "finalized_count" int not null default 0, "sales_open_at" timestamptz(3) null, "sales_close_at" timestamptz(3) null, "max_per_booking" int not null default 10, "max_per_user" int null, "status" varchar(16) not null default \'ON_SALE\', "version" int not null default 0, "created_at" timestamptz(3) not null)',
    );
    this.addSql('alter table "events" add constraint "events_capacity_positive" check (capacity >= 1)');
    this.addSql(
      'alter table "events" add constraint "events_never_oversold" check (booked_count >= 0 and booked_count <= capacity)',
    );
    this.addSql(
      'alter table "events" add constraint "events_finalized_within_booked" check (finalized_count >= 0 and finalized_count <= booked_count)',
    );
    this.addSql(
      "alter table \"events\" add constraint \"events_status_known\" check (status in ('ON_SALE', 'CLOSED', 'CANCELLED'))",
    );
    this.addSql(
      'create table "bookings" ("id" serial primary key, "reference" varchar(32) not null, "event_id" int not null, "user_id" varchar(255) not null, "quantity" int not null, "status" varchar(16) not null, "idempotency_key" varchar(255) null, "fingerprint" varchar(64) not null, "failure_reason" varchar(255) null, "version" int not null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "finalized_at" timestamptz(3) null)',
    );
    this.addSql('create index "bookings_event_page" on "bookings" ("event_id", "id")');
    this.addSql('create index "bookings_user_page" on "bookings" ("user_id", "id")');
    this.addSql('create index "bookings_pending_page" on "bookings" ("status", "id") where status = \'PENDING\'');
    this.addSql('create index "bookings_failed_page" on "bookings" ("status", "id") where status = \'FAILED\'');
    this.addSql('create index "bookings_cancelled_page" on "bookings" ("status", "id") where status = \'CANCELLED\'');
    this.addSql('alter table "bookings" add constraint "bookings_reference_unique" unique ("reference")');
    this.addSql(
      'alter table "bookings" add constraint "bookings_idempotency_unique" unique ("user_id", "idempotency_key")',
    );
    this.addSql('alter table "bookings" add constraint "bookings_quantity_positive" check (quantity >= 1)');
    this.addSql(
      "alter table \"bookings\" add constraint \"bookings_status_known\" check (status in ('PENDING', 'FINALIZED', 'FAILED', 'CANCELLED'))",
    );
    this.addSql(
      'alter table "bookings" add constraint "bookings_event_id_foreign" foreign key ("event_id") references "events" ("id")',
    );
    this.#addTickets();
  }

  #addTickets(): void {
    this.addSql(
      'create table "tickets" ("id" serial primary key, "booking_id" int not null, "serial" int not null, "code" varchar(64) not null, "redeemed_at" timestamptz(3) null)',
    );
    this.addSql('alter table "tickets" add constraint "tickets_serial_unique" unique ("booking_id", "serial")');
    this.addSql('alter table "tickets" add constraint "tickets_code_unique" unique ("code")');
    this.addSql('alter table "tickets" add constraint "tickets_serial_positive" check (serial >= 1)');
    this.addSql(
      'alter table "tickets" add constraint "tickets_booking_id_foreign" foreign key ("booking_id") references "bookings" ("id")',
    );
  }
}
