/** Crockford's base32, as the project's own references have it. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PREFIX_LENGTH = 5;
const BITS_PER_CHARACTER = 5;

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
  const code = codeExpression(bookings);
  const users = Math.ceil(bookings / BOOKINGS_PER_USER);
  return {
    event: `insert into events (title, capacity, booked_count, finalized_count, version, created_at)
      values ('Concert', 2000000000, ${bookings}, ${bookings}, ${bookings}, ${at})`,
    bookings: `insert into bookings (id, reference, event_id, user_id, quantity, status, fingerprint, version, created_at,
        updated_at, finalized_at)
      select i, ${code}, ${SEEDED_EVENT}, 'user-' || (i % ${users}), 1, 'FINALIZED', 'event=1&quantity=1', 2, ${at}, ${at}, ${at}
      from ${rows}`,
    tickets: `insert into tickets (id, booking_id, serial, code) select i, i, 1, ${code} from ${rows}`,
  };
}

/**
 * Evenly spread over the alphabet, so that a new random reference falls anywhere into the index, as it does among
 * random ones; ascending, so that the index is built fast.
 */
function codeExpression(bookings: number): string {
  const step = Math.floor(2 ** (PREFIX_LENGTH * BITS_PER_CHARACTER) / (bookings + 1));
  const characters = Array.from({ length: PREFIX_LENGTH }, (_, i) => {
    const shift = (PREFIX_LENGTH - 1 - i) * BITS_PER_CHARACTER;
    return `substr('${ALPHABET}', (((i * ${step}) >> ${shift}) & 31) + 1, 1)`;
  });
  return `${characters.join(' || ')} || substr(cast(10000000000 + i as text), 1, 11)`;
}
