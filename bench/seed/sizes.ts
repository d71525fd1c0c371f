/** How full a table is, of those that are compared. */
export const FILLED = ['smallest', 'middle', 'largest'] as const;
export type Fullness = 'empty' | (typeof FILLED)[number];

/** Bookings in the table. */
export type Sizes = Readonly<Record<Fullness, number>>;

const FEW = 1_000;
/** The middle of the three has a fifth, and all are multiples of the bookings of a user. */
export const ROWS_STEP = FEW;
export const USUAL_ROWS = 1_000_000;

export function sizesUpTo(rows: number): Sizes {
  return { empty: 0, smallest: FEW, middle: rows / 5, largest: rows };
}

export function sizeName(bookings: number): string {
  if (bookings === 0) return 'empty';
  return bookings < 1_000_000 ? `${bookings / 1_000} thousand` : `${bookings / 1_000_000} million`;
}
