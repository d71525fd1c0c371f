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

export function whereOf({ condition, also, beyond, direction }: IndexWalk, equal: readonly RawBuilder<unknown>[]) {
  const conditions = [...equal];
  if (condition !== undefined) conditions.push(sql.raw(condition));
  if (beyond !== null) conditions.push(direction === 'desc' ? sql`id < ${beyond}` : sql`id > ${beyond}`);
  if (also) conditions.push(also);
  return conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
}
