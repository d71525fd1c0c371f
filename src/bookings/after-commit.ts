import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Booking } from './booking.entity.ts';
import type { FinalizationQueue } from './finalization-job.ts';
import type { Announce, AnnounceEntries } from './live/update-hints.ts';
import type { Offers } from './offers/offer-places.ts';

export interface AfterCommitParts {
  readonly queue: FinalizationQueue;
  readonly announce: Announce;
  readonly announceEntries: AnnounceEntries;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** What follows a commit: watchers hear a hint, and a worker gets the jobs. Nothing is lost when it fails. */
export class AfterCommit {
  readonly #parts: AfterCommitParts;
  readonly #enqueuing = new Set<Promise<void>>();

  constructor(parts: AfterCommitParts) {
    this.#parts = parts;
  }

  /** Of the bookings of one group. Does not throw, and nobody waits for it; nor below. */
  made(bookings: readonly Booking[]): void {
    this.#parts.metrics.groupSize.observe(bookings.length);
    this.tell(bookings);
  }

  /** Of bookings of one event that are PENDING, or HELD, since a commit. */
  tell(bookings: readonly Booking[]): void {
    this.#parts.announce(bookings);
    const pending = bookings.filter(({ status }) => status === 'PENDING');
    if (pending.length > 0) this.#enqueueSoon(pending);
  }

  /** Of holds of one event that are EXPIRED since a commit. */
  expired(bookings: readonly Booking[]): void {
    this.#parts.metrics.holdsExpired.inc(bookings.length);
    this.#parts.announce(bookings);
  }

  /** Of what a commit has offered to the waiting list of an event. */
  offered({ event, made, lapsed }: Offers): void {
    const { metrics, announce, announceEntries } = this.#parts;
    metrics.offers.inc(made.length);
    announce(made);
    if (lapsed.length > 0) announceEntries(event.id, lapsed);
  }

  #enqueueSoon(bookings: readonly Booking[]): void {
    const enqueued = this.#enqueue(bookings).finally(() => this.#enqueuing.delete(enqueued));
    this.#enqueuing.add(enqueued);
  }

  /** Resolves when every job has been enqueued, or has failed to be. */
  async idle(): Promise<void> {
    await Promise.all(this.#enqueuing);
  }

  async #enqueue(bookings: readonly Booking[]): Promise<void> {
    const { queue, metrics, log } = this.#parts;
    try {
      await queue.enqueue(bookings.map(({ id: bookingId, reference }) => ({ bookingId, reference })));
    } catch (error) {
      metrics.enqueueFailures.inc();
      log.debug({ err: error }, 'finalization jobs were not enqueued and are left to the sweeper');
    }
  }
}
