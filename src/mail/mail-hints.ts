import type { Announce } from '../bookings/live/update-hints.ts';
import type { Logger } from '../platform/logger.ts';
import type { PubSub } from '../platform/services.ts';

const TOPIC = 'mails';

/** Tells the workers besides that a mail is owed; best effort, they find it by themselves. */
export function announcingMails(pubsub: PubSub, log: Logger, announce: Announce): Announce {
  return (bookings) => {
    announce(bookings);
    if (!bookings.some(({ mailStatus }) => mailStatus === 'OWED')) return;
    pubsub.publish(TOPIC, null).catch((error: unknown) => log.debug({ err: error }, 'no worker was told of a mail'));
  };
}

/** @returns the function that ends it */
export function listenForMails(pubsub: PubSub, wake: () => void): Promise<() => void> {
  return pubsub.subscribe(TOPIC, wake);
}
