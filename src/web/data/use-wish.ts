import { useLayoutEffect, useState } from 'preact/hooks';
import { useApp } from '../app/app-context.ts';
import type { Wish } from './wishes.ts';

export interface WishOfTab {
  /** null: nobody has said what they want. */
  readonly wish: Wish | null;
  readonly setWish: (wish: Wish | null) => void;
  /** The entry of the waiting list; null: there is none. */
  readonly waitingId: string | null;
  readonly setWaiting: (entryId: string | null) => void;
}

/** What this tab wants of an event, kept over reloads. */
export function useWish(eventId: string): WishOfTab {
  const { wishes } = useApp().boxOffice;
  const [wish, showWish] = useState<Wish | null>(null);
  const [waitingId, showWaiting] = useState<string | null>(null);
  useLayoutEffect(() => {
    showWish(wishes.of(eventId));
    showWaiting(wishes.waitingFor(eventId));
  }, [eventId]);
  return {
    wish,
    setWish(changed) {
      wishes.keep(eventId, changed);
      showWish(changed);
    },
    waitingId,
    setWaiting(changed) {
      wishes.keepWaiting(eventId, changed);
      showWaiting(changed);
    },
  };
}
