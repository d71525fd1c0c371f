import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/app-context.ts';
import { type WaitingFacts, WaitingListEntryById, WaitingListEntryChanged } from '../generated/operations.ts';
import type { RequestFailed } from './request-failed.ts';
import { useAsked } from './use-asked.ts';
import { useWatched } from './use-watched.ts';

const MOVES: readonly (string | undefined)[] = [undefined, 'WAITING', 'OFFERED'];

export interface ShownEntry {
  readonly entry: WaitingFacts | null;
  readonly isMissing: boolean;
  readonly failure: RequestFailed | null;
  readonly see: (entry: WaitingFacts) => void;
}

/** Somebody's entry of a waiting list, live. What has ended does not begin again. */
export function useWaitingEntry(id: string): ShownEntry {
  const { seen } = useApp().boxOffice;
  const [entry, show] = useState<WaitingFacts | null>(null);
  const see = (arrived: WaitingFacts) => {
    if (arrived.booking) seen.see(arrived.booking);
    show((shown) => (shown && !MOVES.includes(shown.status) ? shown : arrived));
  };
  const { data, failure } = useAsked(WaitingListEntryById, { id });
  useEffect(() => {
    // It was asked before it was watched, and may come behind.
    if (data?.waitingListEntry) show((shown) => shown ?? data.waitingListEntry);
  }, [data]);
  useWatched(WaitingListEntryChanged, MOVES.includes(entry?.status) ? { id } : null, {
    next: ({ waitingListEntryChanged }) => see(waitingListEntryChanged),
  });
  return { entry, isMissing: data?.waitingListEntry === null, failure, see };
}
