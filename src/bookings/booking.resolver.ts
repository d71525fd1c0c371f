import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { actingFor, onlyOf } from '../auth/permissions.ts';
import { EventType } from '../events/event.object-types.ts';
import { toConnection } from '../http/graphql/connection.ts';
import type { GraphqlContext } from '../http/graphql/context.ts';
import { check, parseId } from '../input-checks.ts';
import { pageOf, pageRequest } from '../pagination.ts';
import type { Booking } from './booking.entity.ts';
import {
  BookingConnection,
  BookingStatusEnum,
  BookingType,
  BookTicketInputType,
  BookTicketResult,
  TicketType,
} from './booking.object-types.ts';
import { USER_ID } from './booking-request.ts';
import type { BookingStatus } from './booking-status.ts';

@Resolver(() => BookingType)
export class BookingResolver {
  @Query(() => BookingType, { nullable: true, description: 'One booking; null when there is none with this id.' })
  booking(
    @Arg('id', () => ID, { description: 'The booking.' }) id: string,
    @Ctx() { container, viewer }: GraphqlContext,
  ) {
    return container.bookings.find(parseId(id), onlyOf(viewer, 'booking'));
  }

  @Query(() => BookingConnection, { description: 'Bookings, newest first; the filters add up.' })
  async bookings(
    @Ctx() { container, viewer }: GraphqlContext,
    @Arg('eventId', () => ID, { nullable: true, description: 'Only of this event.' }) eventId?: string | null,
    @Arg('userId', () => ID, { nullable: true, description: 'Only of this user.' }) userId?: string | null,
    @Arg('status', () => BookingStatusEnum, { nullable: true, description: 'Only in this status.' })
    status?: BookingStatus | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: '1 to 100.' }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor to read on from.' }) after?: string | null,
  ) {
    const request = pageRequest(first, after);
    const event = eventId == null ? undefined : parseId(eventId);
    const owner = onlyOf(viewer, 'bookings');
    const isAnothers = owner !== null && userId != null && userId !== owner;
    if (event === null || isAnothers) return toConnection(pageOf<Booking>([], request));
    const filter = {
      ...(event !== undefined && { eventId: event }),
      ...(userId != null && { userId: check(USER_ID, userId) }),
      ...(owner !== null && { userId: owner }),
      ...(status != null && { status }),
    };
    return toConnection(await container.bookings.page(filter, request));
  }

  @Mutation(() => BookTicketResult, {
    description: 'Books places. Answers at once with a PENDING booking; bookingStatusChanged tells what becomes of it.',
  })
  async bookTicket(
    @Arg('input', () => BookTicketInputType, { description: 'Who wants which places.' }) input: BookTicketInputType,
    @Ctx() { container, viewer }: GraphqlContext,
  ) {
    const userId = actingFor(viewer, 'bookTicket', input.userId);
    const outcome = await container.bookTicket({ ...input, userId });
    return outcome.kind === 'booked' ? outcome.booking : outcome;
  }

  @Mutation(() => BookingType, {
    description: 'Gives the places back, once. Cancelling a cancelled booking returns it unchanged.',
  })
  cancelBooking(
    @Arg('id', () => ID, { description: 'The booking.' }) id: string,
    @Ctx() { container, viewer }: GraphqlContext,
  ) {
    return container.cancelBooking(parseId(id), onlyOf(viewer, 'cancelBooking'));
  }

  @Subscription(() => BookingType, {
    description:
      'The booking as it is now, then each later version, then complete at FINALIZED, FAILED or CANCELLED. ' +
      'A client that reads slowly may miss versions in between, never the last.',
    subscribe: ({ args, context: { container, viewer } }) =>
      container.liveUpdates.bookingStatus(parseId(args['bookingId']), onlyOf(viewer, 'bookingStatusChanged')),
  })
  bookingStatusChanged(
    @Arg('bookingId', () => ID, { description: 'The booking.' }) _bookingId: string,
    @Root() booking: Booking,
  ) {
    return booking;
  }

  @Subscription(() => BookingType, {
    description: 'Every booking of the event that is made or changes from now on. Never completes.',
    subscribe: ({ args, context }) => context.container.liveUpdates.eventBookings(parseId(args['eventId'])),
  })
  eventBookingsChanged(
    @Arg('eventId', () => ID, { description: 'The event.' }) _eventId: string,
    @Root() booking: Booking,
  ) {
    return booking;
  }

  @FieldResolver(() => EventType, { description: 'The booked event.' })
  event(@Root() booking: Booking, @Ctx() { rows }: GraphqlContext) {
    return rows.eventById.load(booking.eventId);
  }

  @FieldResolver(() => [TicketType], { description: 'Empty until FINALIZED.' })
  tickets(@Root() booking: Booking, @Ctx() { rows }: GraphqlContext) {
    return booking.status === 'FINALIZED' ? rows.ticketsByBooking.load(booking.id) : [];
  }
}
