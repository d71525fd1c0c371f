import type { Database } from '../platform/database.ts';

/** Places over all events. */
export interface Report {
  readonly totalCapacity: number;
  /** Places of HELD, PENDING and FINALIZED bookings. */
  readonly totalReserved: number;
  readonly totalFinalized: number;
}

/** Adds up the events' counters; no booking is read. */
export async function overallReport(db: Database): Promise<Report> {
  const [row] = await db.em().execute<{ capacity: string; reserved: string; finalized: string }[]>(
    `select coalesce(sum(capacity), 0) as capacity, coalesce(sum(booked_count), 0) as reserved,
            coalesce(sum(finalized_count), 0) as finalized from events`,
  );
  return {
    totalCapacity: Number(row?.capacity),
    totalReserved: Number(row?.reserved),
    totalFinalized: Number(row?.finalized),
  };
}
