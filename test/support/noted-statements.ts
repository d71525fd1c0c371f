import { CompiledQuery } from 'kysely';
import type { Database } from '../../src/platform/database.ts';

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}
type Note = (statement: Statement) => void;

interface SqliteStatement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): unknown;
  run(parameters: readonly unknown[]): unknown;
}
interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
}
interface PostgresClient {
  query(sql: string, parameters?: readonly unknown[]): unknown;
}
interface PostgresPool {
  on(event: 'acquire', listener: (client: PostgresClient) => void): void;
}

const notedBy = new WeakMap<object, Set<Note>>();

/** Tells of every statement that the driver is given from now on, word for word. @returns what ends that */
export async function noteStatements(db: Database, note: Note): Promise<() => void> {
  const driver = (await db.orm.em.getConnection().getNativeClient()) as object;
  const notes = notedBy.get(driver) ?? new Set();
  notes.add(note);
  if (!notedBy.has(driver)) {
    notedBy.set(driver, notes);
    const tell: Note = (statement) => {
      for (const one of notes) one(statement);
    };
    if (db.kind === 'sqlite') noteOfSqlite(driver as SqliteDatabase, tell);
    else noteOfPostgresql(driver as PostgresPool, tell);
  }
  return () => notes.delete(note);
}

function noteOfSqlite(database: SqliteDatabase, tell: Note): void {
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    const statement = prepare(sql);
    const noting = (method: 'all' | 'run') => (parameters: readonly unknown[]) => {
      tell({ sql, parameters });
      return statement[method](parameters);
    };
    return { reader: statement.reader, all: noting('all'), run: noting('run') };
  };
}

function noteOfPostgresql(pool: PostgresPool, tell: Note): void {
  const noted = new WeakSet<PostgresClient>();
  pool.on('acquire', (client) => {
    if (noted.has(client)) return;
    noted.add(client);
    const query = client.query.bind(client);
    client.query = (sql, parameters = []) => {
      tell({ sql, parameters });
      return query(sql, parameters);
    };
  });
}

/** What `work` sends to the database, word for word. */
export async function statementsOf(db: Database, work: () => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const end = await noteStatements(db, (statement) => sent.push(statement));
  await work().finally(end);
  return sent;
}

interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}
export type Explained = { readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }] };

/** Rows of a table that a plan of PostgreSQL has touched, from `explain (analyze, format json)`. */
export function rowsTouched([row]: readonly Explained[], table = 'bookings'): number {
  const touched = (node: PlanNode): number => {
    const own = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
    const below = (node.Plans ?? []).reduce((sum, plan) => sum + touched(plan), 0);
    return (node['Relation Name'] === table ? own : 0) + below;
  };
  return touched((row as Explained)['QUERY PLAN'][0].Plan);
}

class Undo extends Error {}

/** Rows of `bookings`, `tickets` and `waiting_list` that each of these statements touches in PostgreSQL when they are sent again; nothing of it stays. */
export async function touchedByEach(db: Database, sent: readonly Statement[]): Promise<Map<string, number>> {
  const touched = new Map<string, number>();
  await db
    .transaction('explain', async (tx) => {
      for (const { sql, parameters } of sent) {
        const run = (text: string) => tx.getKysely().executeQuery<Explained>(CompiledQuery.raw(text, [...parameters]));
        if (/set_config/.test(sql)) await run(sql);
        else if (/\b(bookings|tickets|waiting_list)\b/.test(sql)) {
          const { rows } = await run(`explain (analyze, format json) ${sql}`);
          const tables = ['bookings', 'tickets', 'waiting_list'];
          touched.set(
            sql,
            tables.reduce((sum, table) => sum + rowsTouched(rows, table), 0),
          );
        }
      }
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return touched;
}

/** How SQLite reaches the tables that each of these statements reads. */
export async function sqlitePlans(db: Database, sent: readonly Statement[]): Promise<Map<string, string>> {
  const plans = new Map<string, string>();
  for (const { sql, parameters } of sent) {
    if (!/\b(bookings|tickets|events|waiting_list)\b/.test(sql)) continue;
    const { rows } = await db
      .em()
      .getKysely()
      .executeQuery<{ detail: string }>(CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]));
    plans.set(sql, rows.map(({ detail }) => detail).join('\n'));
  }
  return plans;
}
