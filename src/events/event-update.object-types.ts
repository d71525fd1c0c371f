import { createUnionType, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Event } from './event.entity.ts';
import { EventStatusEnum, EventType } from './event.object-types.ts';
import { EVENT_UPDATE_REFUSAL_CODES, type EventUpdateRefusalCode } from './event-update-refusals.ts';

const EventUpdateRefusalCodeEnum = Object.fromEntries(EVENT_UPDATE_REFUSAL_CODES.map((code) => [code, code]));

registerEnumType(EventUpdateRefusalCodeEnum, {
  name: 'EventUpdateRefusalCode',
  description: 'Why an event was not changed.',
  valuesConfig: {
    VERSION_CONFLICT: { description: 'Somebody else has edited it since expectedVersion.' },
    CAPACITY_BELOW_BOOKED: { description: 'More places are booked than the new capacity has.' },
    EVENT_CANCELLED: { description: 'It is cancelled, for good.' },
  },
});

@ObjectType('EventUpdateRefused', { description: 'An expected refusal: nothing was changed.' })
class EventUpdateRefusedType {
  @Field(() => EventUpdateRefusalCodeEnum, { description: 'Why, for programs.' })
  code!: EventUpdateRefusalCode;

  @Field(() => String, { description: 'Why, for people, with the numbers.' })
  message!: string;

  @Field(() => EventType, { description: 'The event as it is now.' })
  event!: Event;
}

export const UpdateEventResult = createUnionType({
  name: 'UpdateEventResult',
  description: 'The event as it is now, or why it was not changed.',
  types: () => [EventType, EventUpdateRefusedType] as const,
  resolveType: (value) => ('code' in value ? EventUpdateRefusedType : EventType),
});

@InputType('UpdateEventInput', {
  description: 'What is to change of an event. Absent: as it is. null: empty, of what may be empty.',
})
export class UpdateEventInputType {
  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  title?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 5,000 characters, in lines; null: none.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 200 characters; null: none.' })
  venue?: string | null;

  @Field(() => Date, { nullable: true, description: 'When it begins; null: that is open.' })
  startsAt?: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ends, after startsAt; null: that is open.' })
  endsAt?: Date | null;

  @Field(() => String, { nullable: true, description: 'IANA name, such as Europe/Berlin.' })
  timeZone?: string | null;

  @Field(() => Int, { nullable: true, description: '1 to 2147483647, and not below what is booked.' })
  capacity?: number | null;

  @Field(() => Date, { nullable: true, description: 'Start of the sale; null: from the beginning.' })
  salesOpenAt?: Date | null;

  @Field(() => Date, { nullable: true, description: 'End of the sale, after salesOpenAt; null: none.' })
  salesCloseAt?: Date | null;

  @Field(() => Int, { nullable: true, description: '1 to 100.' })
  maxPerBooking?: number | null;

  @Field(() => Int, { nullable: true, description: 'Places one user may hold; at least 1; null: no limit.' })
  maxPerUser?: number | null;

  @Field(() => Int, { nullable: true, description: '0 to 86400; 0: no holds.' })
  maxHoldSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How long offers to the waiting list are held from now on: 1 to 86400.',
  })
  waitingListOfferSeconds?: number | null;

  @Field(() => EventStatusEnum, {
    nullable: true,
    description: 'ON_SALE or CLOSED, back and forth; cancelEvent makes it CANCELLED.',
  })
  status?: Event['status'] | null;
}
