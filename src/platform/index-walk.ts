import { type RawBuilder, sql } from 'kysely';

/** The rows that have these values in the columns of an index, in the order of their ids, which are its last column. */
export interface IndexWalk {
  readonly table: string;
  /** null: the primary key. */
  readonly index: string | null;
  /** All columns of the index before the id, in their order; the first one is a value of ours. */
  readonly equals: Readonly<Record<string, number | string | RawBuilder<unknown>>>;
  /** The condition of a partial index, word for word. */
  readonly condition?: string;
  /** Further conditions, which the index does not know. */
  readonly also?: RawBuilder<unknown>;
  /** Only rows with a lower id (descending), or a higher one (ascending); null for all. */
  readonly beyond: number | null;
  readonly direction: 'asc' | 'desc';
  readonly limit: number;
  readonly columns: RawBuilder<unknown>;
}

type Value = IndexWalk['equals'][string];

/** SQLite is told the index. A statement whose index is missing is an error there. */
export function sqliteIndexWalk(walk: IndexWalk): RawBuilder<unknown> {
  const equal = Object.entries(walk.equals).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  const index = walk.index === null ? sql`not indexed` : sql`indexed by ${sql.ref(walk.index)}`;
  return sql`
    select ${walk.columns} from ${sql.table(walk.table)} ${index} ${where(walk, equal)}
    order by id ${sql.raw(walk.direction)} limit ${walk.limit}`;
}

/**
 * PostgreSQL chooses by its statistics, which may be missing or of another time. So the rows are asked for in an order that no
 * other index gives: by its first column, its last and the id. A column that merely equals something is left out of an order,
 * hence the list of one for the first and the range for the last. To be run where sorting is no choice, see `orderedByIndex`.
 */
export function postgresqlIndexWalk(walk: IndexWalk): RawBuilder<unknown> {
  const columns = Object.entries(walk.equals);
  const last = columns.length - 1;
  const equal = columns.map(([column, value], i) => {
    if (i === last) return sql`${sql.ref(column)} >= ${value} and ${sql.ref(column)} <= ${value}`;
    return i === 0 ? sql`${sql.ref(column)} = any(${[value] as Value[]})` : sql`${sql.ref(column)} = ${value}`;
  });
  const ordered = columns.filter((_, i) => i === 0 || i === last).map(([column]) => column);
  const order = [...ordered, 'id'].map((column) => sql`${sql.ref(column)} ${sql.raw(walk.direction)}`);
  return sql`
    select ${walk.columns} from ${sql.table(walk.table)} ${where(walk, equal)}
    order by ${sql.join(order)} limit ${walk.limit}`;
}

function where({ condition, also, beyond, direction }: IndexWalk, equal: readonly RawBuilder<unknown>[]) {
  const conditions = [...equal];
  if (condition !== undefined) conditions.push(sql.raw(condition));
  if (beyond !== null) conditions.push(direction === 'desc' ? sql`id < ${beyond}` : sql`id > ${beyond}`);
  if (also) conditions.push(also);
  return conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
}
