import type { Event } from '../events/event.entity.ts';
import { timeInOneLine } from '../events/event-time.ts';
import type { Ticket } from '../tickets/ticket.entity.ts';
import type { OwedMail } from './due-mails.ts';

/** What a mail says, as text. What there is not is null. */
export interface MailFacts {
  readonly subject: string;
  readonly title: string;
  readonly when: string | null;
  readonly venue: string | null;
  readonly reference: string;
  readonly places: string;
  readonly holderName: string | null;
  readonly eventCancelled: boolean;
  readonly reason: string | null;
  /** Until when the places of an offer are held. */
  readonly until: string | null;
  /** Where an offer is confirmed. */
  readonly bookingUrl: string | null;
  /** What is said of the files that come with it. */
  readonly attached: string | null;
  readonly tickets: readonly { readonly label: string; readonly url: string | null }[];
}

/** Where what a mail is about is found. */
export interface MailLinks {
  readonly ticketUrl: (code: string) => string;
  /** null: there is no page. */
  readonly bookingUrl: ((id: number) => string) | null;
}

/** @param links null: where this box office is reached from outside is not known */
export function mailFacts(
  mail: OwedMail,
  event: Event,
  tickets: readonly Ticket[],
  links: MailLinks | null,
): Omit<MailFacts, 'subject' | 'attached'> {
  const { quantity, reference, holderName, expiresAt } = mail;
  const eventCancelled = event.status === 'CANCELLED';
  return {
    title: event.title,
    when: event.startsAt ? timeInOneLine(event.startsAt, event.timeZone) : null,
    venue: event.venue ?? null,
    reference,
    places: quantity === 1 ? '1 place' : `${quantity} places`,
    holderName: holderName ?? null,
    eventCancelled,
    reason: eventCancelled ? (event.cancellationReason ?? null) : null,
    until: expiresAt === null ? null : timeInOneLine(new Date(expiresAt), event.timeZone),
    bookingUrl: links?.bookingUrl?.(mail.id) ?? null,
    tickets: tickets.map(({ serial, code }) => {
      return { label: `Ticket ${serial} of ${quantity}`, url: links?.ticketUrl(code) ?? null };
    }),
  };
}
