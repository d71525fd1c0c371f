import { sql } from 'kysely';
import type { GraphqlContext } from '../http/graphql/context.ts';
import { type Page, type PageRequest, pageOf } from '../pagination.ts';
import { type Database, selectEntities } from '../platform/database.ts';
import type { CreateEventInput } from './create-event.ts';
import { type Event, EventSchema } from './event.entity.ts';
import type { EventUpdate, UpdateEventInput } from './update-event.ts';

export class EventQueries {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async find(id: number | null): Promise<Event | null> {
    return id === null ? null : this.#db.em().findOne(EventSchema, { id });
  }

  findMany(ids: readonly number[]): Promise<Event[]> {
    return selectEntities(this.#db.em(), EventSchema, sql`select * from events where id ${this.#db.oneOf(ids)}`);
  }

  /** Newest first. */
  async page(request: PageRequest): Promise<Page<Event>> {
    const where = request.before === null ? {} : { id: { $lt: request.before } };
    const rows = await this.#db.em().find(EventSchema, where, { orderBy: { id: 'desc' }, limit: request.size + 1 });
    return pageOf(rows, request);
  }
}

/** What both APIs have to do with events. */
export interface EventUseCases {
  readonly events: Pick<EventQueries, 'find' | 'page'>;
  readonly createEvent: (input: CreateEventInput) => Promise<Event>;
  readonly updateEvent: (id: number | null, expectedVersion: number, input: UpdateEventInput) => Promise<EventUpdate>;
  readonly cancelEvent: (id: number | null, reason: string) => Promise<Event>;
  /** The event as it is now, then as it becomes. */
  readonly liveUpdates: { eventStats(id: number | null): Promise<AsyncIterable<Event>> };
}

export interface EventContext extends GraphqlContext {
  readonly useCases: EventUseCases;
  /** Rows behind a list, read together. */
  readonly rows: { readonly eventById: { load(id: number): Promise<Event> } };
}
