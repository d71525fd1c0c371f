import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../../../app/app-context.ts';
import { RequestFailed } from '../../../data/request-failed.ts';
import { useStore } from '../../../data/store.ts';
import { type Curve, type Places, SalesOfEvent } from '../../../generated/operations.ts';
import type { Range } from './sales-chart.ts';
import { type SalesMark, withMark } from './sales-data.ts';

const RETRY_MS = 3_000;

/** How an event sold: what the database knows of it, and from then on what comes. */
export function useSales(eventId: string, places: Places): { marks: readonly SalesMark[] | null; curve: Curve | null } {
  const { boxOffice } = useApp();
  const connection = useStore(boxOffice.watching.connection);
  const [curve, setCurve] = useState<Curve | null>(null);
  const [marks, setMarks] = useState<readonly SalesMark[] | null>(null);
  // Again whenever the socket is back: nobody saw what happened meanwhile.
  useEffect(() => {
    if (connection === 'reconnecting') return;
    return readCurve(boxOffice, { eventId }, (read) => {
      setCurve(read);
      setMarks(marksOf(read));
    });
  }, [eventId, connection === 'reconnecting']);
  const booked = places.capacity - places.availableCount;
  const final = places.finalizedCount;
  useEffect(() => {
    if (booked > 0) setMarks((known) => known && withMark(known, { at: boxOffice.clock.now(), booked, final }));
  }, [booked, final, curve]);
  return { marks, curve };
}

/** A part of the curve, as fine as that part is short. null: while it is on its way, or when nobody looks closer. */
export function useCloserLook(eventId: string, range: Range | null): readonly SalesMark[] | null {
  const { boxOffice } = useApp();
  const [marks, setMarks] = useState<readonly SalesMark[] | null>(null);
  useEffect(() => {
    setMarks(null);
    if (!range) return;
    const [from, to] = [range.from, range.to].map((ms) => new Date(ms).toISOString());
    return readCurve(boxOffice, { eventId, from, to }, (read) => setMarks(marksOf(read)));
  }, [eventId, range]);
  return marks;
}

type Asking = ReturnType<typeof useApp>['boxOffice'];
interface Wanted {
  readonly eventId: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @returns what ends it */
function readCurve(boxOffice: Asking, wanted: Wanted, show: (curve: Curve) => void): () => void {
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    try {
      const { salesCurve } = await boxOffice.ask(SalesOfEvent, wanted, ending.signal);
      if (salesCurve) show(salesCurve);
    } catch (error) {
      if (error instanceof RequestFailed) timer = setTimeout(ask, RETRY_MS);
    }
  };
  void ask();
  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}

function marksOf({ points }: Curve): SalesMark[] {
  return points.map(({ at, bookedCount, finalizedCount }) => ({
    at: Date.parse(at),
    booked: bookedCount,
    final: finalizedCount,
  }));
}
