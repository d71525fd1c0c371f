import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Booking } from '../bookings/booking.entity.ts';
import { BookingType } from '../bookings/booking.object-types.ts';
import { EventType } from '../events/event.object-types.ts';
import { signQrPayload } from './qr-payload.ts';
import type { Ticket } from './ticket.entity.ts';
import type { TicketContext } from './ticket-use-cases.ts';

@ObjectType('Ticket', { description: 'One per place.' })
export class TicketType {
  @Field(() => ID, { description: 'Identifies the ticket.' })
  id!: number;

  @Field(() => Int, { description: '1 to the quantity of the booking.' })
  serial!: number;

  @Field(() => String, { description: 'Unguessable; whoever shows it comes in.' })
  code!: string;

  @Field(() => Date, { nullable: true, description: 'When the ticket was used; null: not yet.' })
  redeemedAt!: Date | null;
}

@Resolver(() => BookingType)
export class TicketsOfBookingResolver {
  @FieldResolver(() => [TicketType], { description: 'Empty until FINALIZED.' })
  tickets(@Root() booking: Booking, @Ctx() { rows }: TicketContext) {
    if (booking.status !== 'FINALIZED') return [];
    rows.bookingById.prime(booking.id, booking);
    return rows.ticketsByBooking.load(booking.id);
  }
}

/** A booking may have many more tickets than a list is counted as, and each of them leads back to it. */
const COUNTED_AS = 10;
const wayBack = ({ childComplexity }: { readonly childComplexity: number }) => 1 + COUNTED_AS * childComplexity;

@Resolver(() => TicketType)
export class TicketResolver {
  @FieldResolver(() => BookingType, { description: 'The booking that it belongs to.', complexity: wayBack })
  booking(@Root() ticket: Ticket, @Ctx() { rows }: TicketContext) {
    return rows.bookingById.load(ticket.bookingId);
  }

  @FieldResolver(() => EventType, { description: 'What it lets its holder in to.' })
  async event(@Root() ticket: Ticket, @Ctx() { rows }: TicketContext) {
    const { eventId } = await rows.bookingById.load(ticket.bookingId);
    return rows.eventById.load(eventId);
  }

  @FieldResolver(() => String, { nullable: true, description: 'The name that it is for; null: none was given.' })
  async holderName(@Root() { bookingId }: Ticket, @Ctx() { rows }: TicketContext) {
    return (await rows.bookingById.load(bookingId)).holderName;
  }

  @FieldResolver(() => String, {
    description: 'What its QR code says: BO1.<key id>.<event id>.<code>.<Ed25519 signature, base64url>',
  })
  async qrPayload(@Root() { bookingId, code }: Ticket, @Ctx() { rows, useCases }: TicketContext) {
    const [keys, { eventId }] = await Promise.all([useCases.signingKeys(), rows.bookingById.load(bookingId)]);
    return signQrPayload(keys, { eventId, code });
  }

  @FieldResolver(() => String, {
    description: 'Its QR code as a picture (PNG; .svg in place of .png: SVG). A path, unless PUBLIC_URL is set.',
  })
  qrUrl(@Root() { code }: Ticket, @Ctx() { useCases }: TicketContext) {
    return useCases.ticketUrls(code).qrUrl;
  }
  @FieldResolver(() => String, {
    description: 'Its page to print (PDF, A4; ?size=phone behind it: for a phone). A path, unless PUBLIC_URL is set.',
  })
  pdfUrl(@Root() { code }: Ticket, @Ctx() { useCases }: TicketContext) {
    return useCases.ticketUrls(code).pdfUrl;
  }
}
