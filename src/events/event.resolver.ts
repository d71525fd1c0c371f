import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { toConnection } from '../http/graphql/connection.ts';
import { parseId } from '../input-checks.ts';
import { pageRequest } from '../pagination.ts';
// Not `Event`: a transpiler that sees no types would take the global of that name for a parameter's type.
import { availableCount, type Event as EventRow, eventStats } from './event.entity.ts';
import { CreateEventInputType, EventConnection, EventStatsType, EventType } from './event.object-types.ts';
import type { EventContext } from './event-queries.ts';
import { UpdateEventInputType, UpdateEventResult } from './event-update.object-types.ts';

@Resolver(() => EventType)
export class EventResolver {
  @Query(() => EventType, { nullable: true, description: 'One event; null when there is none with this id.' })
  event(@Arg('id', () => ID, { description: 'The event.' }) id: string, @Ctx() { useCases }: EventContext) {
    return useCases.events.find(parseId(id));
  }

  @Query(() => EventConnection, { description: 'All events, newest first.' })
  async events(
    @Ctx() { useCases }: EventContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: '1 to 100.' }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor to read on from.' }) after?: string | null,
  ) {
    return toConnection(await useCases.events.page(pageRequest(first, after)));
  }

  @Query(() => EventStatsType, { nullable: true, description: 'The numbers of an event; null for an unknown event.' })
  async eventStats(
    @Arg('eventId', () => ID, { description: 'The event.' }) eventId: string,
    @Ctx() { useCases }: EventContext,
  ) {
    const event = await useCases.events.find(parseId(eventId));
    return event && eventStats(event);
  }

  @Mutation(() => EventType, { description: 'Creates an event and puts it on sale.' })
  createEvent(
    @Arg('input', () => CreateEventInputType, { description: 'The new event.' }) input: CreateEventInputType,
    @Ctx() { useCases }: EventContext,
  ) {
    return useCases.createEvent(input);
  }

  @Mutation(() => UpdateEventResult, {
    description:
      "Edits an event. Refused when expectedVersion is not the event's, or capacity would fall below what is booked.",
  })
  async updateEvent(
    @Arg('id', () => ID, { description: 'The event.' }) id: string,
    @Arg('expectedVersion', () => Int, { description: 'The version that was edited; `version` of the event.' })
    expectedVersion: number,
    @Arg('input', () => UpdateEventInputType, { description: 'What is to change.' }) input: UpdateEventInputType,
    @Ctx() { useCases }: EventContext,
  ) {
    const update = await useCases.updateEvent(parseId(id), expectedVersion, input);
    return update.kind === 'updated' ? update.event : update;
  }

  @Mutation(() => EventType, {
    description:
      'No booking from then on; its bookings are cancelled by the worker. Cancelling a cancelled event returns it unchanged.',
  })
  cancelEvent(
    @Arg('id', () => ID, { description: 'The event.' }) id: string,
    @Arg('reason', () => String, { description: 'For people; 1 to 500 characters.' }) reason: string,
    @Ctx() { useCases }: EventContext,
  ) {
    return useCases.cancelEvent(parseId(id), reason);
  }

  @Subscription(() => EventStatsType, {
    description: 'The numbers as they are now, then at most five updates a second, newest only. Never completes.',
    subscribe: ({ args, context }) => context.useCases.liveUpdates.eventStats(parseId(args['eventId'])),
  })
  eventStatsChanged(
    @Arg('eventId', () => ID, { description: 'The event.' }) _eventId: string,
    @Root() event: EventRow,
  ) {
    return eventStats(event);
  }

  @FieldResolver(() => Int, { description: 'Places that can still be booked.' })
  availableCount(@Root() event: EventRow) {
    return availableCount(event);
  }

  @FieldResolver(() => Int, { description: 'Grows with every edit; not with bookings.' })
  version(@Root() event: EventRow) {
    return event.edition;
  }

  @FieldResolver(() => EventStatsType, { description: 'The numbers of this event, at one moment.' })
  stats(@Root() event: EventRow) {
    return eventStats(event);
  }
}
