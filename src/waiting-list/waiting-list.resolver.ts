import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { actingFor, requiredOwner } from '../auth/permissions.ts';
import { BookingType } from '../bookings/booking.object-types.ts';
import type { EntryNow } from '../bookings/offers/waiting-list-queries.ts';
import { EventStatsType } from '../events/event.object-types.ts';
import { parseId } from '../input-checks.ts';
import { JoinWaitingListInputType, JoinWaitingListResult, WaitingListEntryType } from './waiting-list.object-types.ts';
import type { WaitingListContext } from './waiting-list-use-cases.ts';

/** Up to 10,000 entries of an index are counted, which costs as much as some rows. */
const COUNTED = 10;

@Resolver(() => WaitingListEntryType)
export class WaitingListResolver {
  @Query(() => WaitingListEntryType, {
    nullable: true,
    description: 'One entry of a waiting list; null when there is none with this id.',
  })
  waitingListEntry(
    @Arg('id', () => ID, { description: 'The entry.' }) id: string,
    @Ctx() { useCases, viewer }: WaitingListContext,
  ) {
    return useCases.waitingList.find(parseId(id), requiredOwner(viewer, 'waitingListEntry'));
  }

  @Mutation(() => JoinWaitingListResult, {
    description:
      'Waits for places of an event that is sold out. Places that come back are held for whoever is first and wants no more ' +
      'than there are; waitingListEntryChanged tells. Whoever is on the list already gets their entry unchanged.',
  })
  async joinWaitingList(
    @Arg('input', () => JoinWaitingListInputType, { description: 'Who waits for which places.' })
    input: JoinWaitingListInputType,
    @Ctx() { useCases, viewer }: WaitingListContext,
  ) {
    const userId = actingFor(viewer, 'joinWaitingList', input.userId);
    const outcome = await useCases.joinWaitingList({ ...input, userId });
    return outcome.kind === 'waiting' ? outcome.entry : outcome;
  }

  @Mutation(() => WaitingListEntryType, {
    description: 'Waits no longer, and gives an offer back. An entry that has ended is returned unchanged.',
  })
  leaveWaitingList(
    @Arg('id', () => ID, { description: 'The entry.' }) id: string,
    @Ctx() { useCases, viewer }: WaitingListContext,
  ) {
    return useCases.leaveWaitingList(parseId(id), requiredOwner(viewer, 'leaveWaitingList'));
  }

  @Subscription(() => WaitingListEntryType, {
    description:
      'The entry as it is now, then each change of its status and of the people before it, at most five a second, then ' +
      'complete at CONVERTED, LAPSED or LEFT.',
    subscribe: ({ args, context: { useCases, viewer } }) =>
      useCases.liveUpdates.waitingListEntry(parseId(args['id']), requiredOwner(viewer, 'waitingListEntryChanged')),
  })
  waitingListEntryChanged(@Arg('id', () => ID, { description: 'The entry.' }) _id: string, @Root() entry: EntryNow) {
    return entry;
  }

  @FieldResolver(() => BookingType, {
    nullable: true,
    description: 'The hold that was offered, as it is now; null: nothing was.',
  })
  booking(@Root() { id, offeredAt }: EntryNow, @Ctx() { rows }: WaitingListContext) {
    return offeredAt == null ? null : rows.offerByEntry.load(id);
  }
}

@Resolver(() => EventStatsType)
export class WaitingCountResolver {
  @FieldResolver(() => Int, {
    description: 'People on the waiting list; 10,000: so many or more.',
    complexity: COUNTED,
  })
  waitingCount(@Root() { eventId }: EventStatsType, @Ctx() { rows }: WaitingListContext) {
    return rows.waitingCountByEvent.load(eventId);
  }
}
