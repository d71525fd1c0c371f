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
/** The event of every other booking of a user. */
export const SEEDED_EVENT = 1;
/** The event of the others, of which nobody may have more than so many places. */
export const LIMITED_EVENT = 2;
const MAX_PER_USER = 200;

/** As many of everybody, however many bookings there are in all. */
const BOOKINGS_PER_USER = 200;
/** In turn, of the bookings of a user in an event. */
const STATUSES = ['FINALIZED', 'FINALIZED', 'CANCELLED', 'FAILED'] as const;

/** @param bookings a multiple of 200 */
export function seededUsers(bookings: number): number {
  return bookings / BOOKINGS_PER_USER;
}

/** Neither of these is a buyer of a measurement, but a buyer's rows are found between theirs. */
export function seededUser(number: number): string {
  return `${number}${SEEDED_USER_ENDING}`;
}

const SEEDED_USER_ENDING = '-seeded';

/**
 * Bookings of two events, of each user in both and in three statuses, with tickets and the sums of the events as `boxoffice
 * verify` wants them. The statements are the same in both dialects.
 * @param rows the name of a relation of the numbers 1 to `bookings`, in a column `i`
 * @param at the time of all of them, as the dialect writes it
 */
export function seedStatements(
  bookings: number,
  rows: string,
  at: string,
): { events: string; bookings: string; tickets: string } {
  const code = codeExpression();
  const users = seededUsers(bookings);
  const status = STATUSES.map((name, i) => `when ${i} then '${name}'`).join(' ');
  const numbered = `(select i, i % ${CLOCK} as clock, cast(cast(i as bigint) * ${STRIDE} % ${SPREAD} as int) as spread,
      i % ${users} as buyer, (i - 1) / ${users} % 2 + ${SEEDED_EVENT} as event,
      case (i - 1) / ${users * 2} % ${STATUSES.length} ${status} end as status
    from ${rows}) as numbered`;
  const finalized = (bookings / 2) * (STATUSES.filter((name) => name === 'FINALIZED').length / STATUSES.length);
  const event = (limit: string) =>
    `('Concert', 2000000000, ${limit}, ${finalized}, ${finalized}, ${bookings / 2}, ${at})`;
  return {
    events: `insert into events (title, capacity, max_per_user, booked_count, finalized_count, version, created_at)
      values ${event('null')}, ${event(String(MAX_PER_USER))}`,
    bookings: `insert into bookings (id, reference, event_id, user_id, quantity, status, fingerprint, version, created_at,
        updated_at, finalized_at)
      select i, ${code}, event, buyer || '${SEEDED_USER_ENDING}', 1, status, 'event=1&quantity=1', 2, ${at}, ${at},
        case when status = 'FINALIZED' then ${at} end
      from ${numbered}`,
    tickets: `insert into tickets (id, booking_id, serial, code) select i, i, 1, ${code} from ${numbered}
      where status = 'FINALIZED'`,
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
