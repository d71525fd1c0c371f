import { z } from 'zod';
import type { JobHandler, JobKind, JobQueue } from '../platform/services.ts';

/**
 * Names a booking that is to be finalized; the row says what else there is to know. A job that is lost, or fails, leaves
 * its booking PENDING, and the sweeper finds that without asking the queue.
 */
export interface FinalizationJob {
  readonly bookingId: number;
  /** An id may have come from another box office that shares our Redis by mistake. */
  readonly reference: string;
}

export type FinalizationHandler = JobHandler<FinalizationJob>;
export type FinalizationQueue = JobQueue<FinalizationJob>;

export const FINALIZATION: JobKind<FinalizationJob> = {
  queue: 'finalization',
  schema: z.object({ bookingId: z.int().positive(), reference: z.string() }),
  idOf: ({ reference }) => `finalize-${reference}`,
};
