import type { Database } from '../platform/database.ts';
import { isBusy, isUnavailable } from '../platform/transient-errors.ts';
import { type Finding, MAX_ROWS_NAMED, Malformed, orMalformed } from './findings.ts';

/**
 * What the database finds wrong with itself, before anything is asked of its rows.
 * @param thorough on SQLite, hold each index against its table as well, which takes several times as long
 * @throws Malformed
 */
export function checkIntegrity(db: Database, { thorough }: { readonly thorough: boolean }): Promise<Finding[]> {
  return orMalformed(() => (db.kind === 'sqlite' ? sqliteFindings(db, thorough) : postgresqlFindings(db)));
}

/** What these checks say of a row that an application may have written; anything else is damage to the file. */
const OF_A_ROW = /^(CHECK constraint failed in|NULL value in)/;

/** @throws Malformed, or an error of SQLite's that says so */
async function sqliteFindings(db: Database, thorough: boolean): Promise<Finding[]> {
  const check = thorough ? 'integrity_check' : 'quick_check';
  const answers = await db.em().execute<Record<string, string>[]>(`pragma ${check}(${MAX_ROWS_NAMED})`);
  const told = answers.map((answer) => String(answer[check])).filter((line) => line !== 'ok');
  const damage = told.find((line) => !OF_A_ROW.test(line));
  if (damage !== undefined) throw new Malformed(damage.replaceAll(/\s+/g, ' '));

  const orphans = await db.em().execute<{ table: string; rowid: number; parent: string }[]>('pragma foreign_key_check');
  await foldLog(db);
  return [
    { promise: 'every row keeps the rules of its table', rows: told },
    {
      promise: 'every booking has its event, and every ticket its booking',
      rows: orphans.slice(0, MAX_ROWS_NAMED).map(({ table, rowid }) => `${table.replace(/s$/, '')} ${rowid}`),
    },
  ].filter(({ rows }) => rows.length > 0);
}

/**
 * What others wrote meanwhile waits in the log for this long read to end, and a booking of theirs would copy it all. Where
 * that cannot be done here, as on a disk that is full, the next commit tries it too.
 */
async function foldLog(db: Database): Promise<void> {
  try {
    await db.em().execute('pragma wal_checkpoint(passive)');
  } catch (error) {
    if (!isUnavailable(error) && !isBusy(error)) throw error;
  }
}

const OURS = `(select oid from pg_class where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace)`;

const INVALID_INDEXES = `select indexrelid::regclass::text as name from pg_index
  where indrelid in ${OURS} and not (indisvalid and indisready) order by 1`;

const NOT_VALIDATED = `select conname as name from pg_constraint where conrelid in ${OURS} and not convalidated order by 1`;

/** A restore that switched the triggers off has not looked at the foreign keys, whatever the catalogue says. */
const ORPHANS = `(select 'booking ' || id as name from bookings b
    where not exists (select from events e where e.id = b.event_id) limit ${MAX_ROWS_NAMED})
  union all (select 'ticket ' || id from tickets t
    where not exists (select from bookings b where b.id = t.booking_id) limit ${MAX_ROWS_NAMED})`;

/** amcheck is an extension that not every server has, and its functions are not for everybody. */
const AMCHECK = `select extnamespace::regnamespace::text as schema from pg_extension e
  where extname = 'amcheck' and has_schema_privilege(extnamespace, 'usage') and exists (select from pg_proc p
    where p.pronamespace = e.extnamespace and proname = 'bt_index_check' and pronargs = 2 and has_function_privilege(p.oid, 'execute'))`;

const BTREES = `select i.indexrelid as oid from pg_index i join pg_class c on c.oid = i.indexrelid
  join pg_am a on a.oid = c.relam and a.amname = 'btree' where i.indrelid in ${OURS} and i.indisvalid order by 1`;

/** @throws an error of PostgreSQL's that says that the database is damaged */
async function postgresqlFindings(db: Database): Promise<Finding[]> {
  const names = async (query: string) =>
    (await db.em().execute<{ name: string }[]>(query)).map(({ name }) => name).slice(0, MAX_ROWS_NAMED);
  const findings = [
    { promise: 'every index is valid', rows: await names(INVALID_INDEXES) },
    { promise: 'every constraint was validated', rows: await names(NOT_VALIDATED) },
    { promise: 'every booking has its event, and every ticket its booking', rows: await names(ORPHANS) },
  ];
  await checkBtrees(db);
  return findings.filter(({ rows }) => rows.length > 0);
}

/** Each index by itself, so that none is locked for longer than its own check. */
async function checkBtrees(db: Database): Promise<void> {
  const [amcheck] = await db.em().execute<{ schema: string }[]>(AMCHECK);
  if (!amcheck) return;
  for (const { oid } of await db.em().execute<{ oid: number }[]>(BTREES)) {
    await db.em().execute(`select ${amcheck.schema}.bt_index_check(${oid}, true)`);
  }
}
