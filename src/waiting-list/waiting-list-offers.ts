import { setTimeout as delay } from 'node:timers/promises';
import { type LapseWaitingParts, lapseWaiting } from '../bookings/offers/lapse-waiting.ts';
import { type OfferParts, offerFreePlaces } from '../bookings/offers/offer-free-places.ts';
import { Poller } from '../platform/poller.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import { eventsWithOffersOwed, type WaitedFor, waitedForEvents } from './waited-for-events.ts';

const LOOK_INTERVAL_MS = 500;
const EVENTS_PER_LOOK = 500;
/** Between two groups others have their turn. */
const REST_MS = 2;
const STOP_DEADLINE_MS = 5_000;

export interface WaitingListOffersParts extends OfferParts, LapseWaitingParts {
  readonly databaseTrouble: RepeatedTrouble;
}

/**
 * The worker's part in waiting lists: what the transactions that give places back have left. Those of many places offer the
 * first of them; somebody may have joined just then; and a sale may begin by time. Nobody else gets a place meanwhile.
 */
export class WaitingListOffers {
  readonly #parts: WaitingListOffersParts;
  readonly #poller: Poller;
  /** Where the last look ended; each begins where the one before it has. */
  #after = 0;

  constructor(parts: WaitingListOffersParts) {
    this.#parts = parts;
    this.#poller = new Poller({
      intervalMs: () => LOOK_INTERVAL_MS,
      look: () => this.#offerWhatIsLeft(),
      onError: (error) => parts.databaseTrouble.note('error', 'waiting lists cannot be read, it is tried again', error),
    });
  }

  start(): void {
    this.#poller.start();
  }

  /** Begins no group any more, and waits for the one that has begun, for at most 5 seconds. */
  stop(): Promise<void> {
    return this.#poller.stop(STOP_DEADLINE_MS);
  }

  async #offerWhatIsLeft(): Promise<void> {
    const { db, now } = this.#parts;
    for (const id of await eventsWithOffersOwed(db, now(), EVENTS_PER_LOOK)) {
      await this.#serve({ id, hasOffers: true, cancelled: false });
    }
    const waitedFor = await waitedForEvents(db, now(), { after: this.#after, limit: EVENTS_PER_LOOK });
    this.#after = waitedFor[EVENTS_PER_LOOK - 1]?.id ?? 0;
    for (const event of waitedFor) await this.#serve(event);
  }

  /** An event whose list cannot be served holds up none of the others. */
  async #serve(event: WaitedFor): Promise<void> {
    const { databaseTrouble } = this.#parts;
    await this.#work(event).catch((error: unknown) =>
      databaseTrouble.note('error', 'a waiting list cannot be served, it is tried again', error, {
        eventId: event.id,
      }),
    );
  }

  async #work({ id, hasOffers, cancelled }: WaitedFor): Promise<void> {
    // Somebody has joined while it was cancelled; all others are the cancellation's.
    if (cancelled) await lapseWaiting(this.#parts, id, this.#poller.signal);
    for (let more = hasOffers && !cancelled; more && !this.#poller.stopped; ) {
      more = await offerFreePlaces(this.#parts, id, this.#parts.now());
      if (more) await delay(REST_MS);
    }
  }
}
