import DataLoader from 'dataloader';
import type { Booking } from '../bookings/booking.entity.ts';
import type { FinalizationJob } from '../bookings/finalization-job.ts';
import type { Announce } from '../bookings/live/update-hints.ts';
import type { OfferParts } from '../bookings/offers/offer-free-places.ts';
import { GroupCommit, type GroupMember, requestsOf } from '../platform/group-commit.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import { retryDelayMs } from '../platform/retry-delay.ts';
import type { Tracing } from '../platform/tracing.ts';
import { isRefusedRow } from '../platform/transient-errors.ts';
import type { TicketIssuer } from '../tickets/issue-tickets.ts';
import { issueTickets } from '../tickets/issue-tickets.ts';
import type { BookingsAtWork } from './bookings-at-work.ts';
import { finalizeGroup, type IssuedBooking, type IssuerFailure, noteIssuerFailures } from './finalize-group.ts';
import { type PendingBooking, readFresh } from './pending-bookings.ts';

const LIMITS = { maxWaiting: Number.POSITIVE_INFINITY, maxGroupSize: 500 };
/** Under load a finalization takes this much longer, and far fewer transactions take the disk from the bookings. */
const LINGER_MS = 20;

export interface FinalizeBookingParts extends OfferParts {
  readonly issuer: TicketIssuer;
  readonly announce: Announce;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly now: () => Date;
  /** Whether this box office sends mails. */
  readonly mails: boolean;
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

/**
 * What the worker does with a booking: issue the tickets, then move it from PENDING to FINALIZED, many bookings of an
 * event in one transaction. Only the issuer's failures use up attempts; when there are none left the booking becomes
 * FAILED and gives its places back. What the database says is tried again for as long as it takes, and told aloud.
 * Nothing here rejects: whatever went wrong, the booking becomes due again, and the sweeper takes it.
 */
export class FinalizeBooking {
  readonly #parts: FinalizeBookingParts;
  readonly #found: DataLoader<FinalizationJob, PendingBooking | null>;
  readonly #finalizing: GroupCommit<number, IssuedBooking, void>;
  /** Answers whether the booking is FAILED now. */
  readonly #failing: GroupCommit<number, IssuerFailure, boolean>;

  constructor(parts: FinalizeBookingParts) {
    this.#parts = parts;
    this.#found = new DataLoader((jobs) => readFresh(parts.db, jobs), { cache: false });
    const { tracing } = parts;
    this.#finalizing = new GroupCommit<number, IssuedBooking, void>(
      LIMITS,
      async (_eventId, group) => {
        await tracing.group('finalization group', requestsOf(group), () => this.#finalizeAll(group));
        return LINGER_MS;
      },
      tracing.mark,
    );
    this.#failing = new GroupCommit(LIMITS, async (_eventId, group) => {
      await this.#noteFailures(group);
      return LINGER_MS;
    });
  }

  /** What the queue hands over: the fast way. */
  fresh(job: FinalizationJob): Promise<void> {
    const { tracing, atWork } = this.#parts;
    return tracing.step('finalize booking', () =>
      atWork.begin(
        'fresh',
        tracing.bind(() => this.#finalizeFresh(job)),
      ),
    );
  }

  /** What the sweeper has claimed. @returns whether the database took it: as FINALIZED, as failed once more, or as nothing to do */
  async swept(booking: PendingBooking): Promise<boolean> {
    const { atWork } = this.#parts;
    let done = true;
    await atWork.during(booking, () =>
      atWork.begin('swept', async () => {
        done = await this.#tried(() => this.#issueAndFinalize(booking));
      }),
    );
    return done;
  }

  async #finalizeFresh(job: FinalizationJob): Promise<void> {
    await this.#tried(async () => {
      const booking = await this.#found.load(job);
      if (booking) await this.#parts.atWork.during(booking, () => this.#issueAndFinalize(booking));
    });
  }

  async #issueAndFinalize(booking: PendingBooking): Promise<void> {
    const { issuer, atWork } = this.#parts;
    const { bookingId, reference, eventId } = booking;
    const issuance = await issueTickets(issuer, booking);
    if (issuance.kind === 'issued') {
      await this.#finalizing.submit(eventId, { bookingId, reference, codes: issuance.codes });
    } else if (!atWork.stopping) {
      await this.#noteFailure(booking, issuance.error);
    }
  }

  /** One row that the database refuses holds up none of the others. */
  async #finalizeAll(group: readonly GroupMember<IssuedBooking, void>[]): Promise<void> {
    const { announce, now, mails, metrics } = this.#parts;
    try {
      const finalized = await finalizeGroup(this.#parts, requestsOf(group), { at: now(), mails });
      for (const booking of finalized) metrics.finalizationSeconds.observe(secondsPending(booking));
      announce(finalized);
      for (const member of group) member.answer();
    } catch (error) {
      if (group.length === 1 || !isRefusedRow(error)) return failAll(group, error);
      const half = Math.ceil(group.length / 2);
      await this.#finalizeAll(group.slice(0, half));
      await this.#finalizeAll(group.slice(half));
    }
  }

  async #noteFailures(group: readonly GroupMember<IssuerFailure, boolean>[]): Promise<void> {
    const { announce, maxAttempts, now, mails, metrics } = this.#parts;
    const failed = await noteIssuerFailures(this.#parts, requestsOf(group), maxAttempts, { at: now(), mails });
    metrics.bookingsFailed.inc(failed.length);
    announce(failed);
    const references = new Set(failed.map(({ reference }) => reference));
    for (const member of group) member.answer(references.has(member.request.reference));
  }

  async #noteFailure({ bookingId, reference, eventId, attempts }: PendingBooking, error: unknown): Promise<void> {
    const { metrics, trouble, retryIn, retryDelayMs: firstMs } = this.#parts;
    metrics.finalizationFailures.inc({ by: 'issuer' });
    trouble.note('warn', 'the issuer has failed', error);
    const retryInMs = retryDelayMs(firstMs, attempts + 1);
    const failed = await this.#failing.submit(eventId, { bookingId, reference, retryInMs });
    if (failed) trouble.note('error', 'a booking could not be finalized and is FAILED', error, { bookingId });
    else retryIn(retryInMs);
  }

  /** @returns whether the database let it */
  async #tried(work: () => Promise<void>): Promise<boolean> {
    const { metrics, onRefused, databaseTrouble } = this.#parts;
    try {
      await work();
      return true;
    } catch (error) {
      metrics.finalizationFailures.inc({ by: 'database' });
      onRefused();
      databaseTrouble.note('error', 'the database does not let bookings be finalized, they are tried again', error);
      return false;
    }
  }
}

/** By the clocks of those who wrote it, so it may be a little wrong, but never negative. */
function secondsPending({ createdAt, confirmedAt, updatedAt }: Booking): number {
  return Math.max(0, updatedAt.getTime() - (confirmedAt ?? createdAt).getTime()) / 1_000;
}

function failAll(group: readonly GroupMember<IssuedBooking, void>[], error: unknown): void {
  for (const member of group) member.fail(error);
}
