import { CompiledQuery } from 'kysely';
import type { Database } from '../../src/platform/database.ts';
import { noteStatements, type Statement } from './noted-statements.ts';

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

/** Rows of `bookings` that each of these statements touches in PostgreSQL when they are sent again; nothing of it stays. */
export async function touchedByEach(db: Database, sent: readonly Statement[]): Promise<Map<string, number>> {
  const touched = new Map<string, number>();
  await db
    .transaction('explain', async (tx) => {
      for (const { sql, parameters } of sent) {
        const run = (text: string) => tx.getKysely().executeQuery<Explained>(CompiledQuery.raw(text, [...parameters]));
        if (/set_config/.test(sql)) await run(sql);
        else if (/\bbookings\b/.test(sql)) {
          touched.set(sql, rowsTouched((await run(`explain (analyze, format json) ${sql}`)).rows));
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
    if (!/\b(bookings|tickets|events)\b/.test(sql)) continue;
    const { rows } = await db
      .em()
      .getKysely()
      .executeQuery<{ detail: string }>(CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]));
    plans.set(sql, rows.map(({ detail }) => detail).join('\n'));
  }
  return plans;
}
