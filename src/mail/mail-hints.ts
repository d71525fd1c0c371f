import type { Announce } from '../bookings/live/update-hints.ts';
import type { WakeUp } from '../platform/wake-up.ts';

/** Tells the workers besides that a mail is owed. */
export function announcingMails(mails: Pick<WakeUp, 'send'>, announce: Announce): Announce {
  return (bookings) => {
    announce(bookings);
    if (bookings.some(({ mailStatus }) => mailStatus === 'OWED')) mails.send();
  };
}
