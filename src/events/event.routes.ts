import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { notFound } from '../errors.ts';
import { BODY_RESPONSES, COMMON_RESPONSES, problemResponse, validationResponse } from '../http/rest/error-responses.ts';
import { pageOut } from '../http/rest/page-bodies.ts';
import { problemOfError } from '../http/rest/problem.ts';
import { parseId } from '../input-checks.ts';
import { pageRequest } from '../pagination.ts';
import { eventDetailsOut, eventOut, eventStatsOut } from './event.bodies.ts';
import type { Event } from './event.entity.ts';
import { EVENT_CREATE, EVENT_ID_PARAMS, EVENT_PAGE_QUERY, eventDetailsOf } from './event.requests.ts';
import type { EventUseCases } from './event-queries.ts';

const tags = ['events'];

const createEvent = {
  tags,
  summary: 'Create Event',
  description: 'Puts an event on sale at once.',
  operationId: 'create_event_event_post',
  body: EVENT_CREATE,
  response: {
    200: { description: 'Successful Response', $ref: 'EventOut#' },
    422: validationResponse,
    ...BODY_RESPONSES,
    ...COMMON_RESPONSES,
  },
};

const listEvents = {
  tags,
  summary: 'List Events',
  description: 'All events, newest first, a page at a time.',
  operationId: 'list_events_event_get',
  querystring: EVENT_PAGE_QUERY,
  response: {
    200: { description: 'Successful Response', $ref: 'EventPageOut#' },
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

export const EVENT_ROUTE = {
  tags,
  summary: 'Get Event',
  description: 'One event, with its details and the places that are booked.',
  operationId: 'get_event_event__event_id__get',
  params: EVENT_ID_PARAMS,
  response: {
    200: { description: 'Successful Response', $ref: 'EventDetailsOut#' },
    404: problemResponse('There is no such event.', problemOfError(notFound('Event'))),
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

export const EVENT_STATS_ROUTE = {
  ...EVENT_ROUTE,
  summary: 'Event Stats',
  description: 'How many places are booked, and how many of them are final.',
  operationId: 'event_stats_event__event_id__stats_get',
  response: { ...EVENT_ROUTE.response, 200: { description: 'Successful Response', $ref: 'EventStatsOut#' } },
};

export interface EventId {
  Params: z.output<typeof EVENT_ID_PARAMS>;
}

export function eventRoutes(rest: FastifyInstance, { events, createEvent: create }: EventUseCases): void {
  const find = (id: number) => findEvent(events, id);
  rest.post<{ Body: z.output<typeof EVENT_CREATE> }>(
    '/event',
    { schema: createEvent, config: { operation: 'createEvent' } },
    async ({ body }) => eventOut(await create({ title: body.title, capacity: body.capacity, ...eventDetailsOf(body) })),
  );
  rest.get<{ Querystring: z.output<typeof EVENT_PAGE_QUERY> }>(
    '/event',
    { schema: listEvents, config: { operation: 'events' } },
    async ({ query }) => pageOut(await events.page(pageRequest(query.first, query.after)), eventDetailsOut),
  );
  rest.get<EventId>('/event/:event_id', { schema: EVENT_ROUTE, config: { operation: 'event' } }, async ({ params }) =>
    eventDetailsOut(await find(params.event_id)),
  );
  rest.get<EventId>(
    '/event/:event_id/stats',
    { schema: EVENT_STATS_ROUTE, config: { operation: 'eventStats' } },
    async ({ params }) => eventStatsOut(await find(params.event_id)),
  );
}

/** @throws BoxOfficeError NOT_FOUND */
export async function findEvent(events: EventUseCases['events'], id: number): Promise<Event> {
  const event = await events.find(parseId(id));
  if (!event) throw notFound('Event');
  return event;
}
