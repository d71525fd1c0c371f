import type { Event } from '../events/event.entity.ts';
import type { Ticket } from '../tickets/ticket.entity.ts';
import type { OwedMail } from './due-mails.ts';
import { eventTime } from './event-time.ts';

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
  /** What is said of the files that come with it. */
  readonly attached: string | null;
  readonly tickets: readonly { readonly label: string; readonly url: string | null }[];
}

/** @param urlOf null: where this box office is reached from outside is not known */
export function mailFacts(
  mail: OwedMail,
  event: Event,
  tickets: readonly Ticket[],
  urlOf: ((code: string) => string) | null,
): Omit<MailFacts, 'subject' | 'attached'> {
  const { quantity, reference, holderName } = mail;
  const eventCancelled = event.status === 'CANCELLED';
  return {
    title: event.title,
    when: eventTime(event),
    venue: event.venue ?? null,
    reference,
    places: quantity === 1 ? '1 place' : `${quantity} places`,
    holderName: holderName ?? null,
    eventCancelled,
    reason: eventCancelled ? (event.cancellationReason ?? null) : null,
    tickets: tickets.map(({ serial, code }) => {
      return { label: `Ticket ${serial} of ${quantity}`, url: urlOf?.(code) ?? null };
    }),
  };
}
