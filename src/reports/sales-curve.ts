import { z } from 'zod';
import type { EventUseCases } from '../events/event-queries.ts';
import { check } from '../input-checks.ts';
import type { Database } from '../platform/database.ts';
import {
  type Booked,
  bookedUpTo,
  finalEnds,
  finalizedUpTo,
  type Moment,
  readWaiting,
  type Sum,
} from './booked-places.ts';

export const MAX_CURVE_STEPS = 240;
/** No finer than the updates of an event's numbers come. */
const MIN_STEP_MS = 200;

/** Bookings that were made up to a moment, their places, and of these the ones that are FINALIZED by now. */
interface SalesPoint {
  readonly at: Date;
  readonly bookingCount: number;
  readonly bookedCount: number;
  readonly finalizedCount: number;
}

/** Of the bookings that have places now, by when they were made. What was given back is not in it, so it ends at the event's numbers. */
export interface SalesCurve {
  readonly eventId: number;
  readonly stepMs: number;
  /** The first is where the curve begins, each further one a step later; none before the first booking. */
  readonly points: readonly SalesPoint[];
}

/** null: from the first booking, to the last one. */
export interface CurveRange {
  readonly from: Date | null;
  readonly to: Date | null;
}

const CURVE_RANGE: z.ZodType<CurveRange> = z
  .object({ from: z.date().nullable(), to: z.date().nullable() })
  .refine(({ from, to }) => !from || !to || from < to, { path: ['to'], message: 'must be after from' });

export interface SalesCurveParts {
  readonly db: Database;
  readonly events: Pick<EventUseCases['events'], 'find'>;
}

/**
 * How an event sold, in at most 240 steps.
 * @returns null for an unknown event
 * @throws BoxOfficeError BAD_USER_INPUT
 */
export async function salesCurve(
  { db, events }: SalesCurveParts,
  eventId: number | null,
  range: CurveRange,
): Promise<SalesCurve | null> {
  const { from, to } = check(CURVE_RANGE, range);
  const event = await events.find(eventId);
  if (!event) return null;
  const points = await db.snapshot((tx) => pointsOf({ db, tx }, event.id, { from, to }));
  const [first, second] = points;
  const stepMs = first && second ? second.at.getTime() - first.at.getTime() : MIN_STEP_MS;
  return { eventId: event.id, stepMs, points };
}

async function pointsOf(moment: Moment, eventId: number, { from, to }: CurveRange): Promise<SalesPoint[]> {
  const waiting = await readWaiting(moment, eventId);
  const moments = momentsBetween([...(await finalEnds(moment, eventId)), ...waiting], from, to);
  const finalized = await finalizedUpTo(moment, eventId, moments);
  const others = bookedUpTo(waiting, moments);
  return moments.map((at, i) => {
    const [final, other] = [finalized[i] as Sum, others[i] as Sum];
    return {
      at: new Date(at),
      bookingCount: final.bookings + other.bookings,
      bookedCount: final.places + other.places,
      finalizedCount: final.places,
    };
  });
}

/** From just before the first of these bookings to the last one, unless something else is asked for. */
function momentsBetween(booked: readonly Booked[], from: Date | null, to: Date | null): number[] {
  if (booked.length === 0) return [];
  const times = booked.map(({ at }) => at);
  const begin = from?.getTime() ?? Math.min(...times) - 1;
  const end = to?.getTime() ?? Math.max(...times);
  const stepMs = Math.max(MIN_STEP_MS, Math.ceil((end - begin) / MAX_CURVE_STEPS));
  const steps = Math.max(1, Math.ceil((end - begin) / stepMs));
  return Array.from({ length: steps + 1 }, (_, i) => begin + i * stepMs);
}
