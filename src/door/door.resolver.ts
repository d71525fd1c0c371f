import { Arg, Ctx, ID, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
// Not `Event`: a transpiler that sees no types would take the global of that name for a parameter's type.
import type { Event as EventRow } from '../events/event.entity.ts';
import { parseId } from '../input-checks.ts';
import { TicketType } from '../tickets/ticket.resolver.ts';
import { checkInStats, newsOfDoor } from './check-in-stats.ts';
import { CheckInInputType, CheckInResult, CheckInStatsType, OfflineScanInputType } from './door.object-types.ts';
import type { DoorContext } from './door-use-cases.ts';

@Resolver()
export class DoorResolver {
  @Query(() => CheckInStatsType, { nullable: true, description: 'How many have come in; null for an unknown event.' })
  async checkInStats(
    @Arg('eventId', () => ID, { description: 'The event.' }) eventId: string,
    @Ctx() { useCases }: DoorContext,
  ) {
    const event = await useCases.events.find(parseId(eventId));
    return event && checkInStats(event);
  }

  @Mutation(() => CheckInResult, {
    description: 'Uses a ticket, exactly once. Repeated with the same deviceId and nonce: the same answer.',
  })
  checkIn(
    @Arg('input', () => CheckInInputType, { description: 'What was scanned, and by whom.' }) input: CheckInInputType,
    @Ctx() { useCases }: DoorContext,
  ) {
    return useCases.checkIn(input);
  }

  @Mutation(() => TicketType, {
    description:
      'Sets a used ticket back, so that it lets its holder in once more. One that is not used is returned unchanged.',
  })
  undoCheckIn(
    @Arg('ticketId', () => ID, { description: 'The ticket.' }) ticketId: string,
    @Arg('reason', () => String, { description: 'For people; 1 to 255 characters.' }) reason: string,
    @Ctx() { useCases }: DoorContext,
  ) {
    return useCases.undoCheckIn(parseId(ticketId), reason);
  }

  @Mutation(() => [CheckInResult], {
    description:
      'Uses tickets by scans that were made without a network. The earliest of a ticket wins, but never over one made ' +
      'online. Repeating it changes nothing. Answers in the order of the scans.',
  })
  checkInBatch(
    @Arg('eventId', () => ID, { description: 'The event whose door it is.' }) eventId: string,
    @Arg('scans', () => [OfflineScanInputType], { description: 'At most 1,000, in any order.' })
    scans: OfflineScanInputType[],
    @Ctx() { useCases }: DoorContext,
  ) {
    return useCases.checkInBatch(eventId, scans);
  }

  @Subscription(() => CheckInStatsType, {
    description: 'The numbers as they are now, then at most five updates a second, newest only. Never completes.',
    subscribe: ({ args, context }) => context.useCases.liveUpdates.eventStats(parseId(args['eventId']), newsOfDoor),
  })
  checkInStatsChanged(
    @Arg('eventId', () => ID, { description: 'The event.' }) _eventId: string,
    @Root() event: EventRow,
  ) {
    return checkInStats(event);
  }
}
