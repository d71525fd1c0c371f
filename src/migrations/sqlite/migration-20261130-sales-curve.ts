import { Migration } from '@mikro-orm/migrations';

/** What the sales curve is added up from; has only what is FINALIZED, so it is written once in the life of a booking. */
export class Migration20261130SalesCurve extends Migration {
  override up(): void {
    this.addSql(
      "create index `bookings_sales` on `bookings` (`event_id`, `created_at`, `quantity`) where status = 'FINALIZED'",
    );
  }
}
