import { type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { type IndexWalk, whereOf } from '../index-walk.ts';

export const SQLITE: Dialect = {
  kind: 'sqlite',
  // In WAL mode each transaction is one by itself.
  snapshot: {},
  keepToIndexes: null,
  timestamp: (date) => date.getTime(),
  fromNow: (ms) => sql`(cast(unixepoch('subsec') * 1000 as integer) + ${ms})`,
  walk: indexWalk,
  through: (index) => sql`indexed by ${sql.ref(index)}`,
  lockedOnlyByUs: sql``,
  ours: sql``,
  held: () => sql``,
  jsonRows: (rows, columns) => {
    const fields = Object.keys(columns).map((name) => sql`value ->> ${sql.lit(name)} as ${sql.ref(name)}`);
    return sql`(select ${sql.join(fields)} from json_each(${JSON.stringify(rows)})) as rows`;
  },
  oneOf: (values) => sql`in (select value from json_each(${JSON.stringify(values)}))`,
  oneOfSelected: (select) => sql`in (${select})`,
};

/** SQLite is told the index. A statement whose index is missing is an error there. */
function indexWalk(walk: IndexWalk): RawBuilder<unknown> {
  const equal = Object.entries(walk.equals).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  const index = walk.index === null ? sql`not indexed` : sql`indexed by ${sql.ref(walk.index)}`;
  return sql`
    select ${walk.columns} from ${sql.table(walk.table)} ${index} ${whereOf(walk, equal)}
    order by id ${sql.raw(walk.direction)} limit ${walk.limit}`;
}
