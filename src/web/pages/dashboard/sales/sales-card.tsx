import { useEffect, useRef, useState } from 'preact/hooks';
import type { Places } from '../../../generated/operations.ts';
import { useDeskWords } from '../desk-words.ts';
import { type Range, SalesChart } from './sales-chart.ts';
import type { SalesMark } from './sales-data.ts';
import { SalesTable } from './sales-table.tsx';
import { useCloserLook, useSales } from './use-sales.ts';
import './sales.css';

interface SalesCardProps {
  readonly eventId: string;
  readonly timeZone: string;
  readonly places: Places;
}

/** How an event sells, as a picture and as a table. */
export function SalesCard({ eventId, timeZone, places }: SalesCardProps) {
  const { say } = useDeskWords();
  const { marks } = useSales(eventId, places);
  const [zoom, setZoom] = useState<Range | null>(null);
  const closer = useCloserLook(eventId, zoom);
  const known = marks ?? [];
  const shown = closer ?? known;
  return (
    <section class="desk-card" aria-labelledby="desk-sales">
      <header class="desk-card-head">
        <h2 id="desk-sales">{say.sales}</h2>
        {zoom ? (
          <button type="button" class="button" onClick={() => setZoom(null)}>
            {say.showAll}
          </button>
        ) : (
          known.length > 0 && <ZoomButton marks={known} onZoom={setZoom} />
        )}
      </header>
      {marks && known.length === 0 && <p class="desk-empty">{say.salesNone}</p>}
      {known.length > 0 && (
        <>
          <Picture marks={shown} zoom={zoom} places={places} timeZone={timeZone} onZoom={setZoom} />
          <SalesTable marks={shown} timeZone={timeZone} />
        </>
      )}
    </section>
  );
}

/** For who does not drag: the last quarter of what is shown. */
function ZoomButton({ marks, onZoom }: { marks: readonly SalesMark[]; onZoom: (range: Range) => void }) {
  const { say } = useDeskWords();
  const [first, last] = [marks[0]?.at ?? 0, marks.at(-1)?.at ?? 0];
  return (
    <button type="button" class="button" onClick={() => onZoom({ from: last - (last - first) / 4, to: last })}>
      {say.lookCloser}
    </button>
  );
}

interface PictureProps {
  readonly marks: readonly SalesMark[];
  readonly zoom: Range | null;
  readonly places: Places;
  readonly timeZone: string;
  readonly onZoom: (range: Range | null) => void;
}

function Picture({ marks, zoom, places, timeZone, onZoom }: PictureProps) {
  const { say, number, times, fill, language } = useDeskWords();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<SalesChart | null>(null);
  useEffect(() => {
    const made = new SalesChart(host.current as HTMLElement, { timeZone, number, language, onZoom });
    chart.current = made;
    return () => made.end();
  }, [timeZone, language]);
  useEffect(() => chart.current?.show(marks, zoom), [marks, zoom, timeZone, language]);
  const [first, last] = [marks[0], marks.at(-1)];
  const at = (mark: SalesMark | undefined) => times.moment(new Date(mark?.at ?? 0).toISOString(), timeZone);
  const inWords = fill(say.salesPicture, {
    booked: number(last?.booked ?? 0),
    capacity: number(places.capacity),
    from: at(first),
    to: at(last),
  });
  return (
    <figure class="desk-chart">
      <div ref={host} role="img" aria-label={inWords} />
      <figcaption>
        <span class="key booked">{say.booked}</span>
        <span class="key final">{say.final}</span>
        <span class="key rate">{say.perSecond}</span>
        <span class="hint">{say.zoomHint}</span>
      </figcaption>
    </figure>
  );
}
