import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/app-context.ts';
import type { Insistence } from '../data/insist.ts';

const STILL_ASKING_AFTER_MS = 1_000;
const SECOND_MS = 1_000;

interface Props {
  readonly insistence: Insistence | null;
  readonly label: string;
  readonly asking: string;
  readonly stop: () => void;
}

/** The button itself waits. Whoever is turned away sees when it is tried again, and can stop that. */
export function AskingButton({ insistence, label, asking, stop }: Props) {
  const { say } = useApp().words;
  const isSlow = useSlow(insistence !== null);
  const text = insistence ? (isSlow ? say.buy.stillAsking : asking) : label;
  return (
    <>
      <button class="button primary" type="submit" aria-disabled={insistence !== null} aria-busy={insistence !== null}>
        {text}
      </button>
      {insistence?.kind === 'waiting' && <Waiting insistence={insistence} stop={stop} />}
    </>
  );
}

function Waiting({ insistence, stop }: { insistence: Insistence & { kind: 'waiting' }; stop: () => void }) {
  const { words, announcements } = useApp();
  const { say, fill } = words;
  const seconds = useSecondsUntil(insistence.againAtMs);
  const sentence = insistence.because === 'offline' ? say.buy.offline : say.buy.busy;
  useEffect(() => announcements.say(fill(sentence, { n: seconds })), [insistence.because]);
  return (
    <p class="waiting">
      <span>{fill(sentence, { n: seconds })}</span>
      <button class="link" type="button" onClick={stop}>
        {say.buy.stop}
      </button>
    </p>
  );
}

function useSlow(isAsking: boolean): boolean {
  const [isSlow, show] = useState(false);
  useEffect(() => {
    show(false);
    if (!isAsking) return;
    const timer = setTimeout(show, STILL_ASKING_AFTER_MS, true);
    return () => clearTimeout(timer);
  }, [isAsking]);
  return isSlow && isAsking;
}

function useSecondsUntil(atMs: number): number {
  const left = () => Math.max(1, Math.ceil((atMs - Date.now()) / SECOND_MS));
  const [seconds, show] = useState(left());
  useEffect(() => {
    show(left());
    const timer = setInterval(() => show(left()), SECOND_MS / 4);
    return () => clearInterval(timer);
  }, [atMs]);
  return seconds;
}
