import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/app-context.ts';

const SECOND_MS = 1_000;

/** The server's time, each second anew. @param ticks whether anything depends on it */
export function useNow(ticks = true): number {
  const { clock } = useApp().boxOffice;
  const [now, show] = useState(clock.now());
  useEffect(() => {
    if (!ticks) return;
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      const nowMs = clock.now();
      show(nowMs);
      timer = setTimeout(tick, SECOND_MS - (nowMs % SECOND_MS) + 1);
    };
    tick();
    return () => clearTimeout(timer);
  }, [clock, ticks]);
  return now;
}
