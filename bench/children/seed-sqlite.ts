import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { seedStatements } from '../seed/seeded-rows.ts';

// Fills a migrated SQLite file. A process of its own, because each statement keeps its thread for seconds.

const [file, bookings] = process.argv.slice(2) as [string, string];
const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
/**
 * Indexes are built after the rows, which is faster, except for those of random codes: built at once their pages would
 * be full, and every new booking would split one. Filled code by code they are as full as in a table that has grown.
 */
const FILLED_ROW_BY_ROW = ['bookings_reference_unique', 'tickets_code_unique'];
const indexes = (
  database
    .prepare(
      "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in ('bookings', 'tickets')",
    )
    .all() as { name: string; sql: string }[]
).filter(({ name }) => !FILLED_ROW_BY_ROW.includes(name));

// Nothing here needs to survive a crash; the box office switches to WAL and synchronous again when it opens the file.
for (const pragma of ['journal_mode = off', 'synchronous = off', 'cache_size = -400000', 'temp_store = memory']) {
  database.exec(`pragma ${pragma}`);
}
for (const { name } of indexes) database.exec(`drop index ${name}`);
const rows = `(with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${Number(bookings)})
  select i from numbers)`;
const seed = seedStatements(Number(bookings), rows, String(Date.now()));
for (const statement of [seed.events, seed.bookings, seed.tickets, ...indexes.map(({ sql }) => sql)]) {
  database.exec(statement);
}
database.exec('pragma journal_mode = wal');
database.close();
// On the disk, or the first commit of a measurement would bring all of it there.
const written = openSync(file, 'r+');
fsyncSync(written);
closeSync(written);
