import { useEffect, useRef, useState } from 'preact/hooks';
import { type Insistence, insist } from './insist.ts';
import { RequestFailed } from './request-failed.ts';

interface Asked<Answer> {
  readonly ask: (signal: AbortSignal) => Promise<Answer>;
  /** How long an answer asks to wait; null: it is the answer. */
  readonly waitAfter?: (answer: Answer) => number | null;
  readonly answered: (answer: Answer) => void;
  readonly failed?: () => void;
}

export interface UseInsistence {
  /** null: nothing is asked for. */
  readonly insistence: Insistence | null;
  /** Why it was given up. */
  readonly failure: RequestFailed | null;
  /** Does nothing while something is asked for already. */
  begin<Answer>(asked: Asked<Answer>): void;
  stop(): void;
}

/** Something that is asked for at most once at a time, until it is answered, stopped, or left behind. */
export function useInsistence(): UseInsistence {
  const [insistence, show] = useState<Insistence | null>(null);
  const [failure, fail] = useState<RequestFailed | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  return {
    insistence,
    failure,
    begin({ ask, waitAfter = () => null, answered, failed }) {
      if (current.current) return;
      const ending = new AbortController();
      current.current = ending;
      fail(null);
      const ended = (tell: () => void) => {
        if (current.current !== ending) return;
        current.current = null;
        show(null);
        tell();
      };
      insist(ask, { signal: ending.signal, waitAfter, show }).then(
        (answer) => ended(() => answered(answer)),
        (error) =>
          ended(() => {
            fail(error instanceof RequestFailed ? error : null);
            failed?.();
          }),
      );
    },
    stop() {
      current.current?.abort();
      current.current = null;
      show(null);
    },
  };
}
