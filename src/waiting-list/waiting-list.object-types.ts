import { createUnionType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BookingRefusedType } from '../bookings/booking.object-types.ts';
import { WAITING_LIST_STATUSES, type WaitingListStatus } from '../bookings/offers/waiting-list-entry.entity.ts';

const WaitingListStatusEnum = Object.fromEntries(WAITING_LIST_STATUSES.map((status) => [status, status]));

registerEnumType(WaitingListStatusEnum, {
  name: 'WaitingListStatus',
  description: 'What has become of somebody on a waiting list.',
  valuesConfig: {
    WAITING: { description: 'Gets places when they come back and everybody before has theirs, or wants more.' },
    OFFERED: { description: 'Places are held: booking says until when; confirmBooking books them.' },
    CONVERTED: { description: 'The offer was confirmed.' },
    LAPSED: {
      description:
        'The offer was not confirmed in time, the event was cancelled, or its limits allow no more so many places.',
    },
    LEFT: { description: 'Left the list, or gave the offer back.' },
  },
});

@ObjectType('WaitingListEntry', { description: 'Somebody on the waiting list of an event.' })
export class WaitingListEntryType {
  @Field(() => ID, { description: 'Identifies the entry.' })
  id!: number;

  @Field(() => ID, { description: 'The event.' })
  eventId!: number;

  @Field(() => ID, { description: 'Who waits.' })
  userId!: string;

  @Field(() => Int, { description: 'Places wanted, all at once.' })
  quantity!: number;

  @Field(() => WaitingListStatusEnum, { description: 'What has become of it.' })
  status!: WaitingListStatus;

  @Field(() => Int, {
    nullable: true,
    description: 'People before this one; 1,000: so many or more. null when it no longer waits.',
  })
  ahead!: number | null;

  @Field(() => Date, { description: 'When the list was joined.' })
  createdAt!: Date;
}

export const JoinWaitingListResult = createUnionType({
  name: 'JoinWaitingListResult',
  description: 'The place on the list, or why there is none.',
  types: () => [WaitingListEntryType, BookingRefusedType] as const,
  resolveType: (value) => ('code' in value ? BookingRefusedType : WaitingListEntryType),
});

@InputType('JoinWaitingListInput', { description: 'A wish to wait for places.' })
export class JoinWaitingListInputType {
  @Field(() => ID, { description: 'The event.' })
  eventId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Who waits, 1 to 255 characters. With authentication on it defaults to the token's subject.",
  })
  userId?: string | null;

  @Field(() => Int, { nullable: true, defaultValue: 1, description: 'Places wanted, all at once; at least 1.' })
  quantity?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The e-mail address of the booking that is offered; at most 254 characters.',
  })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'The name to print on the tickets, 1 to 200 characters.' })
  holderName?: string | null;
}
