import { z } from 'zod';
import { READ_BOOKING_OUT, readBookingOut } from '../bookings/booking.bodies.ts';
import type { Booking } from '../bookings/booking.entity.ts';
import { timeOut } from '../http/rest/date-time.ts';
import { text } from '../input-checks.ts';
import { MAX_CODE_LENGTH } from './issue-tickets.ts';
import { PAGE_SIZES } from './rendering/document-form.ts';
import type { Ticket } from './ticket.entity.ts';
import type { TicketUrls } from './ticket-urls.ts';

export const TICKET_CODE_PARAMS = z.object({
  code: text(1, MAX_CODE_LENGTH).meta({
    description: "The ticket's. Unguessable: whoever knows it holds the ticket.",
    examples: ['7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ'],
  }),
});

export const PAGE_SIZE_QUERY = z.object({
  size: z.enum(PAGE_SIZES).meta({ description: 'Of the page: `a4` to print it, `phone` to show it.' }).default('a4'),
});

const TICKET_OUT = {
  $id: 'TicketOut',
  type: 'object',
  required: ['code', 'serial', 'qr_url', 'pdf_url', 'redeemed_at'],
  properties: {
    code: {
      type: 'string',
      description: 'Unguessable; whoever shows it comes in.',
      examples: ['7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ'],
    },
    serial: { type: 'integer', description: '1 to the quantity of the booking.', examples: [1] },
    qr_url: { type: 'string', description: 'Its QR code as a picture; a path, unless PUBLIC_URL is set.' },
    pdf_url: { type: 'string', description: 'Its page to print; a path, unless PUBLIC_URL is set.' },
    redeemed_at: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'When it was used, in UTC; null: not yet.',
    },
  },
} as const;

const BOOKING_WITH_TICKETS_OUT = {
  $id: 'BookingWithTicketsOut',
  type: 'object',
  required: [...READ_BOOKING_OUT.required, 'tickets'],
  properties: {
    ...READ_BOOKING_OUT.properties,
    tickets: { type: 'array', items: { $ref: 'TicketOut#' }, description: 'One per place; empty until FINALIZED.' },
  },
} as const;

const PUBLIC_KEYS_OUT = {
  $id: 'PublicKeysOut',
  type: 'object',
  description: 'A JWK set (RFC 7517) of Ed25519 keys (RFC 8037), the one that signs now first.',
  required: ['keys'],
  properties: {
    keys: {
      type: 'array',
      items: {
        type: 'object',
        required: ['kty', 'crv', 'kid', 'x', 'use', 'alg'],
        properties: {
          kty: { type: 'string', enum: ['OKP'] },
          crv: { type: 'string', enum: ['Ed25519'] },
          kid: { type: 'string', description: 'As it stands in a QR code.', examples: ['5N6P0VCE'] },
          x: { type: 'string', description: 'The key, as base64url.' },
          use: { type: 'string', enum: ['sig'] },
          alg: { type: 'string', enum: ['EdDSA'] },
        },
      },
    },
  },
} as const;

export const TICKET_SCHEMAS = [TICKET_OUT, BOOKING_WITH_TICKETS_OUT, PUBLIC_KEYS_OUT];

export function bookingWithTicketsOut(
  booking: Booking,
  tickets: readonly Ticket[],
  urlsOf: (code: string) => TicketUrls,
) {
  return {
    ...readBookingOut(booking),
    tickets: tickets.map((ticket) => ticketOut(ticket, urlsOf(ticket.code))),
  };
}

function ticketOut({ code, serial, redeemedAt }: Ticket, { qrUrl, pdfUrl }: TicketUrls) {
  return {
    code,
    serial,
    qr_url: qrUrl,
    pdf_url: pdfUrl,
    redeemed_at: timeOut(redeemedAt),
  };
}
