import { Migration } from '@mikro-orm/migrations';

/** Is null in every row that is there, so none is written, however many there are. */
export class Migration20261127HolderName extends Migration {
  override up(): void {
    this.addSql('alter table `bookings` add column `holder_name` text null');
  }
}
