import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { Booking } from '../bookings/booking.entity.ts';
import type { Announce } from '../bookings/live/update-hints.ts';
import { statusOfFound, transition } from '../bookings/transition.ts';
import type { Database } from '../platform/database.ts';
import { GroupCommit } from '../platform/group-commit.ts';
import type { FinalizationHandler, FinalizationJob } from '../platform/job-queue.ts';
import type { Logger } from '../platform/logger.ts';
import { isBusy, isUnavailable } from '../platform/transient-errors.ts';
import type { TicketIssuer } from './ticket-issuer.ts';

const MAX_GROUP_SIZE = 500;
/** Under load a finalization takes this much longer, and far fewer transactions take the disk from the bookings. */
const REST_MS = 20;
const FAILURE_REASON = 'The tickets could not be issued.';

interface Issued {
  readonly bookingId: number;
  readonly reference: string;
  readonly codes: readonly string[];
}

export interface FinalizeBookingParts {
  readonly db: Database;
  readonly issuer: TicketIssuer;
  readonly announce: Announce;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * What the worker does with a job: issue the tickets, then move the booking from PENDING to FINALIZED, many bookings
 * of an event in one transaction. When the attempts are used up, the booking becomes FAILED and gives its places back.
 */
export function createFinalizeBooking(parts: FinalizeBookingParts): FinalizationHandler {
  const { db, issuer, announce, log, now } = parts;
  const limits = { maxWaiting: Number.POSITIVE_INFINITY, maxGroupSize: MAX_GROUP_SIZE };
  const desks = new GroupCommit<number, Issued, void>(limits, async (_eventId, group) => {
    announce(
      await finalizeGroup(
        db,
        group.map((member) => member.request),
        now(),
      ),
    );
    for (const member of group) member.answer();
    return REST_MS;
  });

  const pending = new DataLoader<FinalizationJob, boolean>((jobs) => arePending(db, jobs), { cache: false });

  return {
    async run(job) {
      // Repeated, cancelled or none of ours: nothing is issued for it.
      if (!(await pending.load(job))) return;
      const codes = await issuer.issue(job);
      await desks.submit(job.eventId, { bookingId: job.bookingId, reference: job.reference, codes });
    },
    async giveUp(job, error) {
      // A database that is away is no fault of the booking: the sweeper brings its job back.
      if (isBusy(error) || isUnavailable(error)) throw error;
      log.error({ err: error, bookingId: job.bookingId }, 'a booking could not be finalized and is FAILED');
      const move = { ids: [job.bookingId], references: [job.reference], to: 'FAILED', at: now() } as const;
      announce(await transition(db, { ...move, failureReason: FAILURE_REASON }));
    },
  };
}

async function arePending(db: Database, jobs: readonly FinalizationJob[]): Promise<boolean[]> {
  const ids = jobs.map(({ bookingId }) => bookingId);
  const { rows } = await sql<{ reference: string }>`
    select reference from bookings where id ${db.oneOf(ids)} and ${statusOfFound} = 'PENDING'`.execute(
    db.em().getKysely(),
  );
  const pending = new Set(rows.map(({ reference }) => reference));
  return jobs.map(({ reference }) => pending.has(reference));
}

/** Tickets are written for the bookings that move, and only then: a second delivery finds the first one's tickets. */
function finalizeGroup(db: Database, issued: readonly Issued[], at: Date): Promise<Booking[]> {
  const codes = new Map(issued.map((booking) => [booking.reference, booking.codes]));
  const ids = issued.map((booking) => booking.bookingId);
  return transition(db, { ids, references: [...codes.keys()], to: 'FINALIZED', at }, async (tx, moved) => {
    const tickets = moved.flatMap(({ id, reference, quantity }) =>
      (codes.get(reference) as readonly string[])
        .slice(0, quantity)
        .map((code, i) => ({ bookingId: id, serial: i + 1, code })),
    );
    const rows = db.jsonRows(tickets, { bookingId: 'integer', serial: 'integer', code: 'text' });
    await sql`insert into tickets (booking_id, serial, code)
      select ${sql.ref('bookingId')}, serial, code from ${rows}`.execute(tx.getKysely());
  });
}
