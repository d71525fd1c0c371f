import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Booking } from '../bookings/booking.entity.ts';
import { BookingType } from '../bookings/booking.object-types.ts';
import type { GraphqlContext } from '../http/graphql/context.ts';
import type { Ticket } from './ticket.entity.ts';

export interface TicketContext extends GraphqlContext {
  readonly rows: { readonly ticketsByBooking: { load(id: number): Promise<Ticket[]> } };
}

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
export class TicketResolver {
  @FieldResolver(() => [TicketType], { description: 'Empty until FINALIZED.' })
  tickets(@Root() booking: Booking, @Ctx() { rows }: TicketContext) {
    return booking.status === 'FINALIZED' ? rows.ticketsByBooking.load(booking.id) : [];
  }
}
