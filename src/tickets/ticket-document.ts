import { createHash } from 'node:crypto';
import type { Booking } from '../bookings/booking.entity.ts';
import type { BookingQueries } from '../bookings/booking-queries.ts';
import { BoxOfficeError, notFound } from '../errors.ts';
import type { Event } from '../events/event.entity.ts';
import type { EventQueries } from '../events/event-queries.ts';
import { signQrPayload } from './qr-payload.ts';
import type { DocumentFormat, PageSize, RenderRequest } from './rendering/document-form.ts';
import type { PrintedTicket } from './rendering/pages/printed-ticket.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { Ticket } from './ticket.entity.ts';
import type { TicketQueries } from './ticket-queries.ts';

/** A ticket as people hold it. */
export interface TicketDocument {
  /** A quoted string that changes with what is printed, as the header ETag has it. */
  readonly etag: string;
  readonly fileName: string;
  /** @throws BoxOfficeError SERVICE_UNAVAILABLE when too many are being rendered, or this one takes too long */
  render(): Promise<Uint8Array>;
}

/** What was a ticket, and lets nobody in any more. */
export class TicketCancelled extends BoxOfficeError {
  constructor() {
    super('NOT_FOUND', 'This ticket was cancelled.');
  }
}

export interface TicketDocumentParts {
  readonly tickets: Pick<TicketQueries, 'findByCode'>;
  readonly bookings: Pick<BookingQueries, 'find'>;
  readonly events: Pick<EventQueries, 'find'>;
  readonly signingKeys: () => Promise<SigningKeys>;
  readonly renderer: { render(request: RenderRequest): Promise<Uint8Array> };
}

/** To be raised when the same ticket is printed in another way. */
const LAYOUT = 2;

/**
 * Finds what is printed on the ticket with this code, which is all that its holder needs to know. Nothing is rendered yet.
 * @throws BoxOfficeError NOT_FOUND; TicketCancelled
 */
export async function ticketDocument(
  { tickets, bookings, events, signingKeys, renderer }: TicketDocumentParts,
  code: string,
  format: DocumentFormat,
  /** Of a page. */
  size: PageSize = 'a4',
): Promise<TicketDocument> {
  const ticket = await tickets.findByCode(code);
  const booking = ticket && (await bookings.find(ticket.bookingId));
  const event = booking && (await events.find(booking.eventId));
  if (!ticket || !event) throw notFound('Ticket');
  if (booking.status === 'CANCELLED' || event.status === 'CANCELLED') throw new TicketCancelled();
  if (booking.status !== 'FINALIZED') throw notFound('Ticket');
  const qrPayload = signQrPayload(await signingKeys(), { eventId: event.id, code });
  const request: RenderRequest =
    format === 'pdf'
      ? { format, size, qrPayload, ticket: printedTicket(event, booking, ticket) }
      : { format, qrPayload };
  return {
    etag: etagOf(request),
    fileName: `ticket-${booking.reference}-${ticket.serial}.${format}`,
    render: () => renderer.render(request),
  };
}

function printedTicket(event: Event, booking: Booking, { code, serial }: Ticket): PrintedTicket {
  const { title, venue, startsAt, endsAt, timeZone } = event;
  const { holderName, reference, quantity, finalizedAt, createdAt } = booking;
  return {
    ...{
      title,
      venue: venue ?? null,
      startsAt: startsAt?.toISOString() ?? null,
      endsAt: endsAt?.toISOString() ?? null,
    },
    ...{ timeZone, holderName: holderName ?? null, reference, serial, quantity, code },
    issuedAt: (finalizedAt ?? createdAt).toISOString(),
  };
}

function etagOf(request: RenderRequest): string {
  const printed = createHash('sha256')
    .update(JSON.stringify([LAYOUT, request]))
    .digest('base64url');
  return `"${printed}"`;
}
