import { IndexMigration } from './index-migration.ts';

/** What the sales curve is added up from; has only what is FINALIZED, so it is written once in the life of a booking. */
export class Migration20261130SalesCurve extends IndexMigration {
  protected readonly indexes = [
    { name: 'bookings_sales', on: `on "bookings" ("event_id", "created_at", "quantity") where status = 'FINALIZED'` },
  ] as const;
  protected readonly replaced = [];
}
