import { fileURLToPath } from 'node:url';
import type { DatabaseKind } from '../../test/support/databases.ts';
import { runChild, runCommand } from '../stage/bench-process.ts';
import { createDatabase, type Database } from '../stage/database.ts';
import type { Services } from '../stage/services.ts';
import { seedStatements } from './seeded-rows.ts';

const SEED_SQLITE = fileURLToPath(new URL('../children/seed-sqlite.ts', import.meta.url));

/** A migrated database with that many bookings of one event, by a few statements over sets. */
export async function createSeeded(kind: DatabaseKind, bookings: number, services: Services): Promise<Database> {
  const database = await createDatabase(kind, services);
  try {
    await runCommand('migrate', database.url);
    if (bookings === 0) return database;
    if (kind === 'postgresql') await seedPostgresql(database, bookings);
    else await runChild([database.url.slice('sqlite:'.length), String(bookings)], {}, { program: SEED_SQLITE });
    return database;
  } catch (error) {
    await database.remove();
    throw error;
  }
}

const INDEXES = `select indexname as name, indexdef as definition from pg_indexes
  where schemaname = 'public' and indexname not in (select conname from pg_constraint)`;
/** Foreign keys last: they need the unique constraints. */
const CONSTRAINTS = `select conname as name, conrelid::regclass::text as "table", pg_get_constraintdef(oid) as definition
  from pg_constraint where connamespace = 'public'::regnamespace and contype in ('u', 'f') order by contype = 'f'`;

/** Indexes are built after the rows, which is faster; their pages keep room for some new rows by themselves. */
async function seedPostgresql(database: Database, bookings: number): Promise<void> {
  const run = async (sql: string) => void (await database.query(sql));
  const indexes = await database.query<{ name: string; definition: string }>(INDEXES);
  const constraints = await database.query<{ name: string; table: string; definition: string }>(CONSTRAINTS);
  await run(`set maintenance_work_mem = '512MB'`);
  for (const { table, name } of constraints.toReversed()) await run(`alter table ${table} drop constraint "${name}"`);
  for (const { name } of indexes) await run(`drop index "${name}"`);

  const seed = seedStatements(bookings, `generate_series(1, ${bookings}) as rows(i)`, 'now()');
  await run(seed.events);
  await run(seed.bookings);
  await run(seed.tickets);
  for (const table of ['bookings', 'tickets']) {
    await run(`select setval(pg_get_serial_sequence('${table}', 'id'), ${bookings})`);
  }

  for (const { definition } of indexes) await run(definition);
  for (const { table, name, definition } of constraints) {
    await run(`alter table ${table} add constraint "${name}" ${definition}`);
  }
  // As autovacuum would have left it, had the rows come one by one.
  for (const table of ['events', 'bookings', 'tickets']) await run(`vacuum analyze ${table}`);
  await run('checkpoint');
}
