import { useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useInsistence } from '../../data/use-insistence.ts';
import type { Wish } from '../../data/wishes.ts';
import { BookTicket, type EventFacts, type Refusal } from '../../generated/operations.ts';

const LONGEST_HOLD_S = 600;
const BUSY_RETRY_MS = 2_000;
/** Clocks differ by less: who is refused so shortly after the sale has opened was early. */
const OPENING_MS = 3_000;
const OPENING_RETRY_MS = 400;

/** 0: places of this event are not held. */
export function holdSecondsOf({ maxHoldSeconds }: Pick<EventFacts, 'maxHoldSeconds'>): number {
  return Math.min(maxHoldSeconds, LONGEST_HOLD_S);
}

interface Options {
  readonly setWish: (wish: Wish | null) => void;
  /** The event is not what it was taken for. */
  readonly askAgain: () => void;
}

/** Asks for the places of a wish, with its key, until there is an answer. */
export function useReserve(event: EventFacts, { setWish, askAgain }: Options) {
  const { boxOffice, words, announcements } = useApp();
  const { insistence, failure, begin, stop } = useInsistence();
  const [refusal, refuse] = useState<Refusal | null>(null);
  const reserve = (wish: Wish) => {
    refuse(null);
    // Kept before it is asked for: whatever happens to this tab, the next try is the same wish.
    setWish(wish);
    begin({
      ask: (signal) => boxOffice.ask(BookTicket, { input: inputOf(event, wish, boxOffice.session.userId()) }, signal),
      waitAfter: ({ bookTicket }) =>
        bookTicket.__typename === 'Booking' ? null : waitAfter(bookTicket, event, boxOffice.clock.now()),
      answered: ({ bookTicket }) => {
        if (bookTicket.__typename === 'Booking') {
          boxOffice.seen.see(bookTicket);
          setWish({ ...wish, asking: false, bookingId: bookTicket.id });
          return;
        }
        setWish(bookTicket.code === 'IDEMPOTENCY_KEY_REUSED' ? null : { ...wish, asking: false });
        refuse(bookTicket);
        announcements.say(words.say.refusal[bookTicket.code]);
        if (bookTicket.code !== 'SOLD_OUT') askAgain();
      },
      failed: () => setWish({ ...wish, asking: false }),
    });
  };
  return { insistence, refusal, failure, reserve, stop };
}

function inputOf(event: EventFacts, { key, quantity, holderName, email }: Wish, userId: string | null) {
  return {
    eventId: event.id,
    userId,
    quantity,
    holderName: holderName || null,
    email: email || null,
    holdSeconds: holdSecondsOf(event) || null,
    idempotencyKey: key,
  };
}

function waitAfter(
  { code, retryable, retryAfterMs }: Refusal,
  { salesOpenAt }: EventFacts,
  nowMs: number,
): number | null {
  if (retryable) return retryAfterMs ?? BUSY_RETRY_MS;
  const isOpening = salesOpenAt !== null && nowMs - Date.parse(salesOpenAt) < OPENING_MS;
  return code === 'NOT_ON_SALE' && isOpening ? OPENING_RETRY_MS : null;
}
