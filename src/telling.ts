import { AfterCommit } from './bookings/after-commit.ts';
import type { Booking } from './bookings/booking.entity.ts';
import { createAnnounce, createAnnounceEntries, createAnnounceNumbers } from './bookings/live/update-hints.ts';
import type { Offers } from './bookings/offers/offer-places.ts';
import type { Config } from './config.ts';
import { announcingMails } from './mail/mail-hints.ts';
import type { Surroundings } from './surroundings.ts';
import { createWakeUps } from './worker.ts';

export type Telling = ReturnType<typeof createTelling>;

/** Who is told of what a commit has changed. Nothing of it throws. */
export function createTelling({ mail }: Config, surroundings: Surroundings) {
  const { log, metrics, services } = surroundings;
  const { pubsub, queue } = services;
  const wakeUps = createWakeUps(surroundings);
  const announceUpdates = createAnnounce(pubsub, log);
  const announce = mail ? announcingMails(wakeUps.mails, announceUpdates) : announceUpdates;
  const announceEntries = createAnnounceEntries(pubsub, log);
  const afterCommit = new AfterCommit({ queue, announce, announceEntries, metrics, log });
  return {
    wakeUps,
    announce,
    announceEntries,
    announceNumbers: createAnnounceNumbers(pubsub, log),
    committed: (bookings: readonly Booking[]) => afterCommit.made(bookings),
    changed: (bookings: readonly Booking[]) => afterCommit.tell(bookings),
    expired: (bookings: readonly Booking[]) => afterCommit.expired(bookings),
    offered: (offers: Offers) => afterCommit.offered(offers),
    /** Resolves when every job has been enqueued, or has failed to be. */
    allTold: () => afterCommit.idle(),
  };
}
