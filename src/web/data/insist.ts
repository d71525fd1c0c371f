import { RequestFailed } from './request-failed.ts';

/** How it stands with something that is asked for until it is answered. */
export type Insistence =
  | { readonly kind: 'asking' }
  /** @property againAtMs by the clock of this device */
  | { readonly kind: 'waiting'; readonly because: 'busy' | 'offline'; readonly againAtMs: number };

interface Insisting<Answer> {
  readonly signal: AbortSignal;
  /** How long an answer asks to wait; null: it is the answer. */
  readonly waitAfter: (answer: Answer) => number | null;
  readonly show: (insistence: Insistence) => void;
}

/** All who were turned away in one moment shall not come back in one. */
const SPREAD = 0.4;

/**
 * Asks the same again for as long as that may help: who asks with an idempotency key changes nothing twice.
 * @throws RequestFailed that no repetition would mend; the signal's reason
 */
export async function insist<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  { signal, waitAfter, show }: Insisting<Answer>,
): Promise<Answer> {
  for (;;) {
    show({ kind: 'asking' });
    const { answer, waitMs, because } = await attempt(ask, signal, waitAfter);
    if (waitMs === null) return answer as Answer;
    const spreadMs = waitMs * (1 + Math.random() * SPREAD);
    show({ kind: 'waiting', because, againAtMs: Date.now() + spreadMs });
    await pause(spreadMs, signal);
  }
}

interface Attempt<Answer> {
  readonly answer?: Answer;
  readonly waitMs: number | null;
  readonly because: 'busy' | 'offline';
}

async function attempt<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
  waitAfter: (answer: Answer) => number | null,
): Promise<Attempt<Answer>> {
  try {
    const answer = await ask(signal);
    return { answer, waitMs: waitAfter(answer), because: 'busy' };
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.retryAfterMs === null) throw error;
    return { waitMs: error.retryAfterMs, because: error.code === 'NETWORK' ? 'offline' : 'busy' };
  }
}

/** Shorter when the network says that it is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      removeEventListener('online', back);
      signal.removeEventListener('abort', stopped);
      settle();
    };
    const back = () => end(resolve);
    const stopped = () => end(() => reject(signal.reason));
    const timer = setTimeout(back, ms);
    addEventListener('online', back);
    signal.addEventListener('abort', stopped);
  });
}
