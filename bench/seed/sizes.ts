/** Bookings in the table. */
export const SIZES = [1_000, 1_000_000, 5_000_000] as const;

export const SMALLEST = sizeName(SIZES[0]);
export const LARGEST = sizeName(SIZES[2]);

export function sizeName(bookings: number): string {
  if (bookings === 0) return 'empty';
  return bookings < 1_000_000 ? `${bookings / 1_000} thousand` : `${bookings / 1_000_000} million`;
}
