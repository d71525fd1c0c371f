import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType } from '../http/graphql/connection.ts';
import { EVENT_STATUSES, type EventStatus } from './event.entity.ts';

export const EventStatusEnum = Object.fromEntries(EVENT_STATUSES.map((status) => [status, status]));

registerEnumType(EventStatusEnum, {
  name: 'EventStatus',
  description: 'Whether places of an event can be booked.',
  valuesConfig: {
    ON_SALE: { description: 'Bookable, within its sale window.' },
    CLOSED: { description: 'No longer bookable; bookings stay as they are.' },
    CANCELLED: { description: 'The event does not take place.' },
  },
});

@ObjectType('EventStats', {
  description:
    'The numbers of an event. Counts are places (quantities), so that heldCount + pendingCount + finalizedCount = bookedCount.',
})
export class EventStatsType {
  @Field(() => ID, { description: 'The event these numbers belong to.' })
  eventId!: number;

  @Field(() => Int, { description: 'Places in all.' })
  capacity!: number;

  @Field(() => Int, { description: 'Places of HELD, PENDING and FINALIZED bookings.' })
  bookedCount!: number;

  @Field(() => Int, { description: 'Places that can still be booked.' })
  availableCount!: number;

  @Field(() => Int, { description: 'Places of HELD bookings.' })
  heldCount!: number;

  @Field(() => Int, { description: 'Places of bookings whose tickets are being issued.' })
  pendingCount!: number;

  @Field(() => Int, { description: 'Places of bookings whose tickets are issued.' })
  finalizedCount!: number;

  @Field(() => GraphQLSafeInt, { description: 'Grows with every change of these numbers.' })
  version!: number;
}

@ObjectType('Event', { description: 'Something that takes place, with a limited number of places.' })
export class EventType {
  @Field(() => ID, { description: 'Identifies the event.' })
  id!: number;

  @Field({ description: 'What the event is called; 1 to 200 characters.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'What there is to say of it, in lines; up to 5,000 characters.' })
  description!: string | null;

  @Field(() => String, { nullable: true, description: 'Where it takes place; up to 200 characters.' })
  venue!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it begins.' })
  startsAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ends.' })
  endsAt!: Date | null;

  @Field(() => String, {
    description: 'IANA name, such as Europe/Berlin; times on tickets and pages are shown in it.',
  })
  timeZone!: string;

  @Field(() => Int, { description: 'Places in all.' })
  capacity!: number;

  @Field(() => Int, { description: 'Places of HELD, PENDING and FINALIZED bookings.' })
  bookedCount!: number;

  @Field(() => EventStatusEnum, { description: 'Whether places can be booked.' })
  status!: EventStatus;

  @Field(() => Date, { nullable: true, description: 'Start of the sale; null: from the beginning.' })
  salesOpenAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'End of the sale; null: none.' })
  salesCloseAt!: Date | null;

  @Field(() => Int, { description: 'The largest quantity of one booking.' })
  maxPerBooking!: number;

  @Field(() => Int, { nullable: true, description: 'Places one user may hold, over all bookings; null: no limit.' })
  maxPerUser!: number | null;

  @Field(() => Int, { description: 'The longest hold, in seconds; 0: places are not held.' })
  maxHoldSeconds!: number;

  @Field(() => Int, { description: 'For how long an offer to somebody on the waiting list is held, in seconds.' })
  waitingListOfferSeconds!: number;

  @Field(() => String, { nullable: true, description: 'Why it was cancelled; null: it was not.' })
  cancellationReason!: string | null;

  @Field(() => Date, { description: 'When the event was created.' })
  createdAt!: Date;
}

export const { Connection: EventConnection } = connectionType('Event', () => EventType);

@InputType('CreateEventInput', { description: 'A new event.' })
export class CreateEventInputType {
  @Field({ description: '1 to 200 characters.' })
  title!: string;

  @Field(() => String, { nullable: true, description: '1 to 5,000 characters, in lines.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  venue?: string | null;

  @Field(() => Date, { nullable: true, description: 'When it begins.' })
  startsAt?: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ends, after startsAt.' })
  endsAt?: Date | null;

  @Field(() => String, { nullable: true, description: 'IANA name, such as Europe/Berlin; absent: UTC.' })
  timeZone?: string | null;

  @Field(() => Int, { description: '1 to 2147483647.' })
  capacity!: number;

  @Field(() => Date, { nullable: true, description: 'Start of the sale; absent: from the beginning.' })
  salesOpenAt?: Date | null;

  @Field(() => Date, { nullable: true, description: 'End of the sale, after salesOpenAt; absent: none.' })
  salesCloseAt?: Date | null;

  @Field(() => Int, { nullable: true, defaultValue: 10, description: '1 to 100.' })
  maxPerBooking?: number | null;

  @Field(() => Int, { nullable: true, description: 'Places one user may hold; at least 1; absent: no limit.' })
  maxPerUser?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 900,
    description: 'The longest hold, in seconds: 0 to 86400; 0: no holds.',
  })
  maxHoldSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 600,
    description: 'For how long an offer to somebody on the waiting list is held, in seconds: 1 to 86400.',
  })
  waitingListOfferSeconds?: number | null;
}
