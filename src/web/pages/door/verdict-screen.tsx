import { useEffect, useRef } from 'preact/hooks';
import { useDoorWords } from './door-words.ts';
import type { Verdict } from './verdict.ts';
import './verdict-screen.css';

/** Strokes on a field of 24: each kind is told by its shape too, not by its colour alone. */
const SYMBOLS: Readonly<Record<Verdict['kind'], string>> = {
  welcome: 'M4 12.5 9.5 18 20 6.5',
  already: 'M12 4v10M12 19v.5',
  refused: 'M5 5l14 14M19 5 5 19',
};

interface VerdictScreenProps {
  readonly verdict: Verdict;
  readonly timeZone: string;
  readonly onNext: () => void;
}

/** The whole screen, to be seen from an arm away in the sun. A touch anywhere goes on. */
export function VerdictScreen({ verdict, timeZone, onNext }: VerdictScreenProps) {
  const { say } = useDoorWords();
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus(), [verdict]);
  const [title, ...lines] = useSentences(verdict, timeZone);
  return (
    // biome-ignore lint/a11y: its button does the same by the keyboard
    <div class={`door-verdict ${verdict.kind}`} onClick={onNext}>
      <div role="alert">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d={SYMBOLS[verdict.kind]} />
        </svg>
        <p class="title">{title}</p>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <button type="button" ref={next}>
        {say.next}
      </button>
    </div>
  );
}

function useSentences(verdict: Verdict, timeZone: string): (string | null)[] {
  const { say, fill, hour } = useDoorWords();
  if (verdict.kind === 'refused') return [say.refused, say.reason[verdict.reason]];
  const { ticket } = verdict;
  const place = ticket && fill(say.place, { serial: ticket.serial, quantity: ticket.booking.quantity });
  const whose = [ticket?.holderName ?? null, place].filter((line) => line !== null);
  if (verdict.kind === 'welcome') return [say.welcome, ...whose, ...(verdict.checked ? [] : [say.uncheckedText])];
  const { at, deviceId } = verdict;
  const time = at ? hour(at, timeZone) : '';
  const when = at && (deviceId ? fill(say.alreadyBy, { time, device: deviceId }) : fill(say.alreadyAt, { time }));
  return [say.already, ...(when ? [when] : []), ...whose];
}
