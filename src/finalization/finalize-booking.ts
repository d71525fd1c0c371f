import DataLoader from 'dataloader';
import type { FinalizationJob } from '../bookings/finalization-job.ts';
import type { Announce } from '../bookings/live/update-hints.ts';
import type { Database } from '../platform/database.ts';
import { GroupCommit, type GroupMember } from '../platform/group-commit.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import { isRefusedRow } from '../platform/transient-errors.ts';
import { issueTickets } from '../tickets/issue-tickets.ts';
import type { TicketIssuer } from '../tickets/ticket-issuer.ts';
import type { BookingsAtWork } from './bookings-at-work.ts';
import { finalizeGroup, type IssuedBooking } from './finalize-group.ts';
import { type IssuerFailure, noteIssuerFailures } from './issuer-failures.ts';
import { type PendingBooking, readFresh } from './pending-bookings.ts';
import { retryDelayMs } from './retry-delay.ts';

const LIMITS = { maxWaiting: Number.POSITIVE_INFINITY, maxGroupSize: 500 };
/** Under load a finalization takes this much longer, and far fewer transactions take the disk from the bookings. */
const REST_MS = 20;

export interface FinalizeBookingParts {
  readonly db: Database;
  readonly issuer: TicketIssuer;
  readonly announce: Announce;
  readonly metrics: Metrics;
  readonly now: () => Date;
  readonly trouble: RepeatedTrouble;
  readonly databaseTrouble: RepeatedTrouble;
  /** Told of each try that the database did not let. */
  readonly onRefused: () => void;
  readonly atWork: BookingsAtWork;
  /** Failures of the issuer before a booking becomes FAILED. */
  readonly maxAttempts: number;
  /** Before the second try; it doubles with each further one. */
  readonly retryDelayMs: number;
  /** Told when a try has failed and the next one will be due. */
  readonly retryIn: (ms: number) => void;
}

/** Both ways end the same. Neither rejects: whatever went wrong, the booking becomes due again, and the sweeper takes it. */
export interface FinalizeBooking {
  /** What the queue hands over: the fast way. */
  fresh(job: FinalizationJob): Promise<void>;
  /** What the sweeper has claimed. @returns whether the database took it: as FINALIZED, as failed once more, or as nothing to do */
  swept(booking: PendingBooking): Promise<boolean>;
}

/**
 * What the worker does with a booking: issue the tickets, then move it from PENDING to FINALIZED, many bookings of an
 * event in one transaction. Only the issuer's failures use up attempts; when there are none left the booking becomes
 * FAILED and gives its places back. What the database says is tried again for as long as it takes, and told aloud.
 */
export function createFinalizeBooking(parts: FinalizeBookingParts): FinalizeBooking {
  const { db, issuer, announce, metrics, now, trouble, databaseTrouble, atWork, maxAttempts } = parts;
  const found = new DataLoader<FinalizationJob, PendingBooking | null>((jobs) => readFresh(db, jobs), { cache: false });

  const finalizing = new GroupCommit<number, IssuedBooking, void>(LIMITS, async (_eventId, group) => {
    await finalizeAll(group);
    return REST_MS;
  });
  /** Answers whether the booking is FAILED now. */
  const failing = new GroupCommit<number, IssuerFailure, boolean>(LIMITS, async (_eventId, group) => {
    const failed = await noteIssuerFailures(db, requestsOf(group), maxAttempts, now());
    announce(failed);
    const references = new Set(failed.map(({ reference }) => reference));
    for (const member of group) member.answer(references.has(member.request.reference));
    return REST_MS;
  });

  /** One row that the database refuses holds up none of the others. */
  async function finalizeAll(group: readonly GroupMember<IssuedBooking, void>[]): Promise<void> {
    try {
      announce(await finalizeGroup(db, requestsOf(group), now()));
      for (const member of group) member.answer();
    } catch (error) {
      if (group.length === 1 || !isRefusedRow(error)) return failAll(group, error);
      const half = Math.ceil(group.length / 2);
      await finalizeAll(group.slice(0, half));
      await finalizeAll(group.slice(half));
    }
  }

  async function issueAndFinalize(booking: PendingBooking): Promise<void> {
    const { bookingId, reference, eventId } = booking;
    const issuance = await issueTickets(issuer, booking);
    if (issuance.kind === 'issued') {
      await finalizing.submit(eventId, { bookingId, reference, codes: issuance.codes });
    } else if (!atWork.stopping) {
      await noteFailure(booking, issuance.error);
    }
  }

  async function noteFailure({ bookingId, reference, eventId, attempts }: PendingBooking, error: unknown) {
    metrics.finalizationFailures.inc({ by: 'issuer' });
    trouble.note('warn', 'the issuer has failed', error);
    const retryInMs = retryDelayMs(parts.retryDelayMs, attempts + 1);
    const failed = await failing.submit(eventId, { bookingId, reference, retryInMs });
    if (failed) trouble.note('error', 'a booking could not be finalized and is FAILED', error, { bookingId });
    else parts.retryIn(retryInMs);
  }

  /** @returns whether the database let it */
  async function tried(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      metrics.finalizationFailures.inc({ by: 'database' });
      parts.onRefused();
      databaseTrouble.note('error', 'the database does not let bookings be finalized, they are tried again', error);
      return false;
    }
  }

  return {
    fresh: (job) =>
      atWork.begin('fresh', async () => {
        await tried(async () => {
          const booking = await found.load(job);
          if (booking) await atWork.during(booking, () => issueAndFinalize(booking));
        });
      }),
    swept: async (booking) => {
      let done = true;
      await atWork.during(booking, () =>
        atWork.begin('swept', async () => {
          done = await tried(() => issueAndFinalize(booking));
        }),
      );
      return done;
    },
  };
}

function requestsOf<Request, Answer>(group: readonly GroupMember<Request, Answer>[]): Request[] {
  return group.map((member) => member.request);
}

function failAll(group: readonly GroupMember<IssuedBooking, void>[], error: unknown): void {
  for (const member of group) member.fail(error);
}
