/** Crockford's base32, as the project's own codes have it. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BITS_PER_CHARACTER = 5;
const CLOCK_CHARACTERS = 4;
/** The clock of a code begins again after so many milliseconds: some 17 minutes. */
const CLOCK = 2 ** (CLOCK_CHARACTERS * BITS_PER_CHARACTER);
const SPREAD_CHARACTERS = 5;
const SPREAD = 2 ** (SPREAD_CHARACTERS * BITS_PER_CHARACTER);
/** Odd, so that multiples of it modulo a power of two are all different. */
const STRIDE = 20_736_571;
export const SEEDED_EVENT = 1;
const BOOKINGS_PER_USER = 40;

/** Somebody with a page of bookings and more, however few or many there are in all. */
export const SEEDED_USER = 'user-7';

/**
 * FINALIZED bookings of one event with a ticket each, and the event with the sums of them: what `boxoffice verify`
 * wants. The statements are the same in both dialects.
 * @param rows the name of a relation of the numbers 1 to `bookings`, in a column `i`
 * @param at the time of all of them, as the dialect writes it
 */
export function seedStatements(
  bookings: number,
  rows: string,
  at: string,
): { event: string; bookings: string; tickets: string } {
  const code = codeExpression();
  const numbered = `(select i, i % ${CLOCK} as clock, cast(cast(i as bigint) * ${STRIDE} % ${SPREAD} as int) as spread
    from ${rows}) as numbered`;
  const users = Math.ceil(bookings / BOOKINGS_PER_USER);
  return {
    event: `insert into events (title, capacity, booked_count, finalized_count, version, created_at)
      values ('Concert', 2000000000, ${bookings}, ${bookings}, ${bookings}, ${at})`,
    bookings: `insert into bookings (id, reference, event_id, user_id, quantity, status, fingerprint, version, created_at,
        updated_at, finalized_at)
      select i, ${code}, ${SEEDED_EVENT}, 'user-' || (i % ${users}), 1, 'FINALIZED', 'event=1&quantity=1', 2, ${at}, ${at}, ${at}
      from ${numbered}`,
    tickets: `insert into tickets (id, booking_id, serial, code) select i, i, 1, ${code} from ${numbered}`,
  };
}

/** As of one booking in each millisecond: the codes of one moment stand together, and the next round goes in between. */
function codeExpression(): string {
  return `${characters('clock', CLOCK_CHARACTERS)} || ${characters('spread', SPREAD_CHARACTERS)} || '0000000'`;
}

function characters(column: string, length: number): string {
  const all = Array.from({ length }, (_, i) => {
    return `substr('${ALPHABET}', ((${column} >> ${i * BITS_PER_CHARACTER}) & 31) + 1, 1)`;
  });
  return all.toReversed().join(' || ');
}
