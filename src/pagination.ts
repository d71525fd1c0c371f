import { z } from 'zod';
import { badInput } from './errors.ts';
import { check, integer, parseId } from './input-checks.ts';

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

export const PAGE_SIZE = integer(1, MAX_PAGE_SIZE);

const pageInput = z.object({ first: PAGE_SIZE });

/** A page of a list that runs from the newest to the oldest id. */
export interface PageRequest {
  readonly size: number;
  /** Only ids below this one; null for the first page. */
  readonly before: number | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly hasNextPage: boolean;
  /** Told by the cursor: it is of a row, and rows stay in their list but for those that a filter by status lost since. */
  readonly hasPreviousPage: boolean;
}

/**
 * @param first rows wanted, 1 to 100; 20 when absent
 * @param after cursor of the last row of the previous page
 * @throws BoxOfficeError BAD_USER_INPUT
 */
export function pageRequest(first: number | null | undefined, after: string | null | undefined): PageRequest {
  const { first: size } = check(pageInput, { first: first ?? DEFAULT_PAGE_SIZE });
  return { size, before: after == null ? null : decodeCursor(after) };
}

/** @param rows up to one more than the page holds, which tells whether another page follows */
export function pageOf<T>(rows: readonly T[], { size, before }: PageRequest): Page<T> {
  return { items: rows.slice(0, size), hasNextPage: rows.length > size, hasPreviousPage: before !== null };
}

export function encodeCursor(id: number): string {
  return Buffer.from(`after:${id}`).toString('base64url');
}

function decodeCursor(cursor: string): number {
  const [, digits = ''] = /^after:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const id = parseId(digits);
  if (id === null) throw badInput([{ field: 'after', message: 'must be a cursor of this list' }]);
  return id;
}
