import type { Counter } from 'prom-client';
import { BoxOfficeError } from '../../errors.ts';

/** What an operation answers its caller: a refusal with a code, or what it did, now or by an earlier request. */
type Outcome =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: string; readonly replayed: boolean };

/** Counts what comes of operations, and hands it on. */
export async function countOutcome<T extends Outcome | readonly Outcome[]>(
  counter: Counter,
  labels: Readonly<Record<string, string>>,
  answer: Promise<T>,
): Promise<T> {
  try {
    const outcome = await answer;
    const all: readonly Outcome[] = Array.isArray(outcome) ? outcome : [outcome];
    for (const one of all) counter.inc({ ...labels, ...labelsOf(one) });
    return outcome;
  } catch (error) {
    const code = error instanceof BoxOfficeError ? error.code : 'INTERNAL_SERVER_ERROR';
    counter.inc({ ...labels, outcome: 'failed', code });
    throw error;
  }
}

function labelsOf(outcome: Outcome): { outcome: string; code: string } {
  if ('code' in outcome) return { outcome: 'refused', code: outcome.code };
  return { outcome: outcome.replayed ? 'repeated' : 'accepted', code: '' };
}
