import type { Database } from '../platform/database.ts';

export const REDEEMED_WHILE_FINAL =
  'a redeemed ticket belongs to a FINALIZED booking, or was redeemed before that was cancelled';

/** What the clocks of two processes, or of a scanner without a network, may be apart. */
const MAX_CLOCK_ERROR_MS = 3_600_000;

/** A CANCELLED booking changes no more, so its last change tells when it was cancelled. */
const REDEEMED_OTHERWISE = `select b.id, b.status, b.updated_at as changed, max(t.redeemed_at) as redeemed
  from tickets t join bookings b on b.id = t.booking_id
  where t.redeemed_at is not null and t.booking_id > ? and t.booking_id <= ? and b.id > ? and b.id <= ?
    and b.status <> 'FINALIZED' and (b.status <> 'CANCELLED' or t.redeemed_at > b.updated_at)
  group by b.id, b.status, b.updated_at order by b.id`;

interface Row {
  readonly id: number;
  readonly status: string;
  readonly changed: Date | string | number;
  readonly redeemed: Date | string | number;
}

/** @returns the bookings in this window of ids whose tickets let somebody in although they were not final any more */
export async function redeemedTooLate(db: Database, window: readonly number[]): Promise<number[]> {
  const rows = await db.em().execute<Row[]>(REDEEMED_OTHERWISE, [...window, ...window]);
  return rows
    .filter(({ status, changed, redeemed }) => {
      return status !== 'CANCELLED' || timeOf(redeemed) - timeOf(changed) > MAX_CLOCK_ERROR_MS;
    })
    .map(({ id }) => id);
}

function timeOf(stored: Date | string | number): number {
  return new Date(stored).getTime();
}
