import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { actingFor, requiredOwner } from '../auth/permissions.ts';
import { EventType } from '../events/event.object-types.ts';
import { toConnection } from '../http/graphql/connection.ts';
import { parseId } from '../input-checks.ts';
import { pageRequest } from '../pagination.ts';
import { type Booking, heldUntil } from './booking.entity.ts';
import {
  BookingConnection,
  BookingStatusEnum,
  BookingType,
  BookTicketInputType,
  BookTicketResult,
} from './booking.object-types.ts';
import type { BookingStatus } from './booking-status.ts';
import type { BookingContext } from './booking-use-cases.ts';
import { listBookings } from './listed-bookings.ts';

@Resolver(() => BookingType)
export class BookingResolver {
  @Query(() => BookingType, { nullable: true, description: 'One booking; null when there is none with this id.' })
  booking(
    @Arg('id', () => ID, { description: 'The booking.' }) id: string,
    @Ctx() { useCases, viewer }: BookingContext,
  ) {
    return useCases.bookings.find(parseId(id), requiredOwner(viewer, 'booking'));
  }

  @Query(() => BookingConnection, { description: 'Bookings, newest first; the filters add up.' })
  async bookings(
    @Ctx() { useCases, viewer }: BookingContext,
    @Arg('eventId', () => ID, { nullable: true, description: 'Only of this event.' }) eventId?: string | null,
    @Arg('userId', () => ID, { nullable: true, description: 'Only of this user.' }) userId?: string | null,
    @Arg('status', () => BookingStatusEnum, { nullable: true, description: 'Only in this status.' })
    status?: BookingStatus | null,
    @Arg('reference', () => String, { nullable: true, description: 'Only the one with this reference.' })
    reference?: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: '1 to 100.' }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor to read on from.' }) after?: string | null,
  ) {
    const asked = { eventId, userId, status, reference };
    return toConnection(await listBookings(useCases.bookings, viewer, asked, pageRequest(first, after)));
  }

  @Mutation(() => BookTicketResult, {
    description:
      'Books places. Answers at once with a PENDING booking, or with a HELD one; bookingStatusChanged tells what becomes of it.',
  })
  async bookTicket(
    @Arg('input', () => BookTicketInputType, { description: 'Who wants which places.' }) input: BookTicketInputType,
    @Ctx() { useCases, viewer }: BookingContext,
  ) {
    const userId = actingFor(viewer, 'bookTicket', input.userId);
    const outcome = await useCases.bookTicket({ ...input, userId });
    return outcome.kind === 'booked' ? outcome.booking : outcome;
  }

  @Mutation(() => BookingType, {
    description: 'Gives the places back, once. Cancelling a cancelled booking returns it unchanged.',
  })
  cancelBooking(
    @Arg('id', () => ID, { description: 'The booking.' }) id: string,
    @Ctx() { useCases, viewer }: BookingContext,
  ) {
    return useCases.cancelBooking(parseId(id), requiredOwner(viewer, 'cancelBooking'));
  }

  @Subscription(() => BookingType, {
    description:
      'The booking as it is now, then each later version, then complete at FINALIZED, FAILED, CANCELLED or EXPIRED. ' +
      'A client that reads slowly may miss versions in between, never the last.',
    subscribe: ({ args, context: { useCases, viewer } }) =>
      useCases.liveUpdates.bookingStatus(parseId(args['bookingId']), requiredOwner(viewer, 'bookingStatusChanged')),
  })
  bookingStatusChanged(
    @Arg('bookingId', () => ID, { description: 'The booking.' }) _bookingId: string,
    @Root() booking: Booking,
  ) {
    return booking;
  }

  @Subscription(() => BookingType, {
    description: 'Every booking of the event that is made or changes from now on. Never completes.',
    subscribe: ({ args, context }) => context.useCases.liveUpdates.eventBookings(parseId(args['eventId'])),
  })
  eventBookingsChanged(
    @Arg('eventId', () => ID, { description: 'The event.' }) _eventId: string,
    @Root() booking: Booking,
  ) {
    return booking;
  }

  @FieldResolver(() => Date, { nullable: true, description: 'While it is HELD: until when. Otherwise null.' })
  expiresAt(@Root() booking: Booking) {
    return heldUntil(booking);
  }

  @FieldResolver(() => EventType, { description: 'The booked event.' })
  event(@Root() booking: Booking, @Ctx() { rows }: BookingContext) {
    return rows.eventById.load(booking.eventId);
  }
}
