import type { TransactionOptions } from '@mikro-orm/core';
import type { RawBuilder } from 'kysely';
import type { DatabaseConfig } from '../config.ts';
import type { IndexWalk } from './index-walk.ts';

/** `time`: as `timestamp` gives it. */
export type ColumnType = 'text' | 'integer' | 'time';

/** The few words that the two databases spell differently. */
export interface Dialect {
  readonly kind: DatabaseConfig['kind'];
  /** With which a transaction sees the database as it is at one moment. */
  readonly snapshot: TransactionOptions;
  /** What a transaction is told first whose statements get their order from an index; null: nothing. */
  readonly keepToIndexes: string | null;
  /** A point in time as it is stored. */
  timestamp(date: Date): Date | number;
  /** So many milliseconds from now by the database's own clock: PostgreSQL's server's, whatever a process believes; SQLite's is the host's. */
  fromNow(ms: unknown): RawBuilder<unknown>;
  /** The SELECT of a walk along an index, which reads nothing else, with or without statistics; for `orderedByIndex`. */
  walk(along: IndexWalk): RawBuilder<unknown>;
  /** After a table's name: SQLite is told to use that index. PostgreSQL chooses by itself. */
  through(index: string): RawBuilder<unknown>;
  /** At the end of a SELECT: locks its rows for an UPDATE and leaves out those that others have locked; SQLite has one writer at a time. */
  readonly lockedOnlyByUs: RawBuilder<unknown>;
  /** The same, but waits for those others that have them locked, and leaves out rows that no longer fit then. */
  readonly ours: RawBuilder<unknown>;
  /**
   * At the end of a SELECT: waits for whoever is changing its rows, leaves out those that no longer fit, and keeps others
   * from changing them until the commit; SQLite has one writer at a time.
   * @param tables of `own` the rows are ours alone, taken in the order of their ids; of `shared` others may hold them too
   */
  held(tables: { readonly own: string; readonly shared?: string }): RawBuilder<unknown>;
  /** A table expression `rows` made of one JSON parameter, so that a statement keeps its text whatever the number of rows. */
  jsonRows(rows: readonly object[], columns: Readonly<Record<string, ColumnType>>): RawBuilder<unknown>;
  /** The condition that a column is one of these, of one parameter, so that a statement keeps its text whatever their number. */
  oneOf(values: readonly (number | string)[]): RawBuilder<unknown>;
  /** The same for the rows of a SELECT of one column, which is run first, whatever the statistics say. */
  oneOfSelected(select: RawBuilder<unknown>): RawBuilder<unknown>;
}
