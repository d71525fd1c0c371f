import { BookingSchema } from '../bookings/booking.entity.ts';
import type { Database } from '../platform/database.ts';
import type { FinalizationJob, JobQueue } from '../platform/job-queue.ts';
import type { Logger } from '../platform/logger.ts';

const PAGE_SIZE = 1_000;

export interface SweeperParts {
  readonly db: Database;
  readonly queue: JobQueue;
  readonly log: Logger;
  readonly now: () => Date;
  readonly intervalMs: number;
  /** PENDING bookings younger than this are left alone: their job is on its way. */
  readonly ageMs: number;
}

/**
 * Enqueues PENDING bookings again whose job may be lost, from the database alone. The first sweep takes all of them,
 * whatever their age: after a start nobody knows which jobs the last process left behind.
 */
export class Sweeper {
  readonly #parts: SweeperParts;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#sweepThenWait(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  /** @returns how many bookings were enqueued */
  async sweep(ageMs = this.#parts.ageMs): Promise<number> {
    const { db, queue, now } = this.#parts;
    const at = now();
    // One that is from the future was made by a clock that is wrong, or ours is: its age says nothing.
    const due = [{ createdAt: { $lte: new Date(at.getTime() - ageMs) } }, { createdAt: { $gt: at } }];
    let found = 0;
    for (let after = 0; !this.#stopped; ) {
      const page = await db
        .em()
        .find(
          BookingSchema,
          { status: 'PENDING', id: { $gt: after }, $or: due },
          { fields: ['id', 'eventId', 'reference', 'quantity'], orderBy: { id: 'asc' }, limit: PAGE_SIZE },
        );
      if (page.length > 0) await queue.enqueue(page.map(finalizationJob));
      found += page.length;
      const last = page[PAGE_SIZE - 1];
      if (!last) break;
      after = last.id;
    }
    return found;
  }

  #sweepThenWait(ageMs: number): void {
    const { log, intervalMs } = this.#parts;
    this.#sweeping = this.sweep(ageMs)
      .then((found) => {
        if (found > 0) log.info({ bookings: found }, 'sweeper enqueued pending bookings');
        return undefined;
      })
      .catch((error: unknown) => {
        log.warn({ err: error }, 'sweep failed, the next one follows');
        return ageMs;
      })
      .then((nextAgeMs) => {
        if (this.#stopped) return;
        this.#timer = setTimeout(() => this.#sweepThenWait(nextAgeMs ?? this.#parts.ageMs), intervalMs);
      });
  }
}

export function finalizationJob(booking: {
  id: number;
  eventId: number;
  reference: string;
  quantity: number;
}): FinalizationJob {
  return {
    bookingId: booking.id,
    eventId: booking.eventId,
    reference: booking.reference,
    quantity: booking.quantity,
  };
}
