import type { GraphqlContext } from '../http/graphql/context.ts';
import type { CreateEventInput } from './create-event.ts';
import type { Event } from './event.entity.ts';
import type { EventQueries } from './event-queries.ts';

/** What both APIs have to do with events. */
export interface EventUseCases {
  readonly events: Pick<EventQueries, 'find' | 'page'>;
  readonly createEvent: (input: CreateEventInput) => Promise<Event>;
  /** The event as it is now, then as it becomes. */
  readonly liveUpdates: { eventStats(id: number | null): Promise<AsyncIterable<Event>> };
}

export interface EventContext extends GraphqlContext {
  readonly useCases: EventUseCases;
  /** Rows behind a list, read together. */
  readonly rows: { readonly eventById: { load(id: number): Promise<Event> } };
}
