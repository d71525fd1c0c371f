import type { Logger } from '../../platform/logger.ts';
import type { PubSub } from '../../platform/services.ts';
import type { Booking } from '../booking.entity.ts';
import type { WaitingListEntry } from '../offers/waiting-list-entry.entity.ts';

/** Says which bookings of an event, and which entries of its waiting list, changed, never how: whoever is told reads the database. */
export interface UpdateHint {
  readonly ids: readonly number[];
  /** Of entries of its waiting list that changed; absent: none. */
  readonly entries?: readonly number[];
}

/** The ids of a hint; none when something else was said on the channel. */
export function hintedIds(hint: unknown): Required<UpdateHint> {
  const { ids, entries } = (hint ?? {}) as Partial<UpdateHint>;
  return { ids: idsOf(ids), entries: idsOf(entries) };
}

function idsOf(said: unknown): readonly number[] {
  return Array.isArray(said) ? said.filter(Number.isSafeInteger) : [];
}

export function eventTopic(eventId: number): string {
  return `event:${eventId}`;
}

/** Tells all processes that bookings of one event changed; best effort, one message for a whole group. */
export type Announce = (bookings: readonly Booking[]) => void;

/** The same when numbers of an event changed, and none of its bookings. */
export type AnnounceNumbers = (eventId: number) => void;

/** The same for entries of the waiting list of an event; of an offer, its booking tells. */
export type AnnounceEntries = (eventId: number, entries: readonly Pick<WaitingListEntry, 'id'>[]) => void;

export function createAnnounce(pubsub: PubSub, log: Logger): Announce {
  return (bookings) => {
    const [first] = bookings;
    if (!first) return;
    if (log.isLevelEnabled('debug')) for (const booking of bookings) logChange(booking, log);
    const ids = bookings.map(({ id }) => id);
    const entries = bookings.map(({ waitingListEntryId }) => waitingListEntryId).filter((id) => id != null);
    send(pubsub, log, first.eventId, entries.length > 0 ? { ids, entries } : { ids });
  };
}

export function createAnnounceNumbers(pubsub: PubSub, log: Logger): AnnounceNumbers {
  return (eventId) => send(pubsub, log, eventId, { ids: [] });
}

export function createAnnounceEntries(pubsub: PubSub, log: Logger): AnnounceEntries {
  return (eventId, entries) => send(pubsub, log, eventId, { ids: [], entries: entries.map(({ id }) => id) });
}

function send(pubsub: PubSub, log: Logger, eventId: number, hint: UpdateHint): void {
  pubsub
    .publish(eventTopic(eventId), hint)
    .catch((error: unknown) => log.debug({ err: error, eventId }, 'an update hint was not sent'));
}

/** For whoever follows one booking through the logs. */
function logChange({ id: bookingId, eventId, status, version: bookingVersion }: Booking, log: Logger): void {
  log.debug({ bookingId, eventId, status, bookingVersion }, 'a booking has changed');
}
