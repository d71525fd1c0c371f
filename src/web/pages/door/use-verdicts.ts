import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Door } from './door.ts';
import { Signals } from './signals.ts';
import type { Verdict } from './verdict.ts';

/** Long enough to be seen, short enough for the next in the queue. */
const WELCOME_FOR_MS = 1_800;

/** One scan at a time, and what the door says to it. */
export function useVerdicts(door: Door) {
  const [signals] = useState(() => new Signals());
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [checking, setChecking] = useState(false);
  const busy = useRef(false);
  const scan = useCallback(
    async (text: string) => {
      if (busy.current) return;
      busy.current = true;
      setChecking(true);
      const said = await door.scan(text.trim());
      busy.current = false;
      setChecking(false);
      setVerdict(said);
      signals.give(said.kind);
    },
    [door, signals],
  );
  const next = useCallback(() => setVerdict(null), []);
  useEffect(() => {
    if (verdict?.kind !== 'welcome') return;
    const timer = setTimeout(next, WELCOME_FOR_MS);
    return () => clearTimeout(timer);
  }, [verdict]);
  return { verdict, checking, scan, next, arm: () => signals.arm(), isFree: () => !busy.current && verdict === null };
}
