import type { Logger } from '../../platform/logger.ts';
import type { PubSub } from '../../platform/services.ts';
import type { Booking } from '../booking.entity.ts';

/** Says which bookings of an event changed, never how: whoever is told reads the database. */
interface UpdateHint {
  readonly ids: readonly number[];
}

/** The ids of a hint; none when something else was said on the channel. */
export function hintedIds(hint: unknown): readonly number[] {
  const { ids } = (hint ?? {}) as Partial<UpdateHint>;
  return Array.isArray(ids) ? ids.filter(Number.isSafeInteger) : [];
}

export function eventTopic(eventId: number): string {
  return `event:${eventId}`;
}

/** Tells all processes that bookings of one event changed; best effort, one message for a whole group. */
export type Announce = (bookings: readonly Booking[]) => void;

/** The same when numbers of an event changed, and none of its bookings. */
export type AnnounceNumbers = (eventId: number) => void;

export function createAnnounce(pubsub: PubSub, log: Logger): Announce {
  return (bookings) => {
    const [first] = bookings;
    if (!first) return;
    if (log.isLevelEnabled('debug')) for (const booking of bookings) logChange(booking, log);
    send(
      pubsub,
      log,
      first.eventId,
      bookings.map((booking) => booking.id),
    );
  };
}

export function createAnnounceNumbers(pubsub: PubSub, log: Logger): AnnounceNumbers {
  return (eventId) => send(pubsub, log, eventId, []);
}

function send(pubsub: PubSub, log: Logger, eventId: number, ids: UpdateHint['ids']): void {
  const hint: UpdateHint = { ids };
  pubsub
    .publish(eventTopic(eventId), hint)
    .catch((error: unknown) => log.debug({ err: error, eventId }, 'an update hint was not sent'));
}

/** For whoever follows one booking through the logs. */
function logChange({ id: bookingId, eventId, status, version: bookingVersion }: Booking, log: Logger): void {
  log.debug({ bookingId, eventId, status, bookingVersion }, 'a booking has changed');
}
