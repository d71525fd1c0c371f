import { stringify } from 'csv-stringify/sync';
import type { Booking } from './booking.entity.ts';

/** No code of a ticket is among them: whoever has the file would hold the tickets. */
const COLUMNS = [
  'id',
  'reference',
  'user_id',
  'holder_name',
  'email',
  'quantity',
  'status',
  'created_at',
  'finalized_at',
  'failure_reason',
] as const;

type Cells = Readonly<Record<(typeof COLUMNS)[number], string | number | null>>;

/** As RFC 4180 has it. A cell that a spreadsheet would run as a formula begins with an apostrophe instead. */
const FORM = { record_delimiter: 'windows', escape_formulas: true } as const;

/**
 * Where lists are separated by semicolons, a spreadsheet begins a cell behind each, quoted or not.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA_BEHIND_SEMICOLON = /;(?=\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

export const CSV_HEADER: string = stringify([COLUMNS], FORM);

/** A line for each. */
export function csvOf(bookings: readonly Booking[]): string {
  return stringify(bookings.map(cellsOf), { ...FORM, columns: [...COLUMNS] });
}

function cellsOf(booking: Booking): Cells {
  return {
    id: booking.id,
    reference: booking.reference,
    user_id: defused(booking.userId),
    holder_name: defused(booking.holderName ?? null),
    email: defused(booking.email ?? null),
    quantity: booking.quantity,
    status: booking.status,
    created_at: booking.createdAt.toISOString(),
    finalized_at: booking.finalizedAt?.toISOString() ?? null,
    failure_reason: defused(booking.failureReason ?? null),
  };
}

function defused(text: string | null): string | null {
  return text === null ? null : text.replace(FORMULA_BEHIND_SEMICOLON, ";'");
}
