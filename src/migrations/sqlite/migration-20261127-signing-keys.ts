import { Migration } from '@mikro-orm/migrations';

export class Migration20261127SigningKeys extends Migration {
  override up(): void {
    this.addSql(
      'create table `signing_keys` (`purpose` text not null primary key, `kid` text not null, `jwk` text not null, `created_at` datetime not null)',
    );
  }
}
