import { IsolationLevel } from '@mikro-orm/core';
import { type RawBuilder, sql } from 'kysely';
import type { ColumnType, Dialect } from '../dialect.ts';
import { type IndexWalk, whereOf } from '../index-walk.ts';

/**
 * Without this the planner sorts all there is, when its statistics tell of a few rows. A plan that it dislikes looks so dear that compiling it would seem to pay.
 */
const KEEP_TO_INDEXES =
  "select set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true), set_config('jit', 'off', true)";

const TYPES: Readonly<Record<ColumnType, string>> = { text: 'text', integer: 'integer', time: 'timestamptz(3)' };

export const POSTGRESQL: Dialect = {
  kind: 'postgresql',
  snapshot: { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
  keepToIndexes: KEEP_TO_INDEXES,
  timestamp: (date) => date,
  fromNow: (ms) => sql`(now() + ${ms} * interval '1 millisecond')`,
  walk: indexWalk,
  through: () => sql``,
  lockedOnlyByUs: sql`for no key update skip locked`,
  ours: sql`for no key update`,
  held: ({ own, shared }) => {
    const sharing = shared === undefined ? sql`` : sql`for share of ${sql.table(shared)}`;
    return sql`order by ${sql.ref(`${own}.id`)} ${sharing} for no key update of ${sql.table(own)}`;
  },
  jsonRows: (rows, columns) => {
    const fields = Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(TYPES[type])}`);
    return sql`json_to_recordset(${JSON.stringify(rows)}::json) as rows(${sql.join(fields)})`;
  },
  oneOf: (values) => sql`= any(${values})`,
  oneOfSelected: (select) => sql`= any(array(${select}))`,
};

/**
 * PostgreSQL chooses by its statistics, which may be missing or of another time. So the rows are asked for in an order that no
 * other index gives: by its first column, its last and the id. A column that merely equals something is left out of an order,
 * hence the list of one for the first and the range for the last. To be run where sorting is no choice, see `orderedByIndex`.
 */
function indexWalk(walk: IndexWalk): RawBuilder<unknown> {
  const columns = Object.entries(walk.equals);
  const last = columns.length - 1;
  const equal = columns.map(([column, value], i) => {
    if (i === last) return sql`${sql.ref(column)} >= ${value} and ${sql.ref(column)} <= ${value}`;
    return i === 0
      ? sql`${sql.ref(column)} = any(${[value] as IndexWalk['equals'][string][]})`
      : sql`${sql.ref(column)} = ${value}`;
  });
  const ordered = columns.filter((_, i) => i === 0 || i === last).map(([column]) => column);
  const order = [...ordered, 'id'].map((column) => sql`${sql.ref(column)} ${sql.raw(walk.direction)}`);
  return sql`
    select ${walk.columns} from ${sql.table(walk.table)} ${whereOf(walk, equal)}
    order by ${sql.join(order)} limit ${walk.limit}`;
}
