import { Migration } from '@mikro-orm/migrations';

export class Migration20261127SigningKeys extends Migration {
  override up(): void {
    this.addSql(
      'create table "signing_keys" ("purpose" varchar(32) not null, "kid" varchar(64) not null, "jwk" text not null, "created_at" timestamptz(3) not null, primary key ("purpose"))',
    );
  }
}
