import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { BODY_RESPONSES, problemResponse } from '../http/rest/error-responses.ts';
import { type Problem, sendProblem } from '../http/rest/problem.ts';
import { parseId } from '../input-checks.ts';
import { eventDetailsOut } from './event.bodies.ts';
import { EVENT_CANCEL, EVENT_UPDATE, eventDetailsOf } from './event.requests.ts';
import { EVENT_ROUTE, type EventId } from './event.routes.ts';
import type { EventUseCases } from './event-queries.ts';
import type { EventUpdateRefusal } from './event-update-refusals.ts';

const updateEvent = {
  ...EVENT_ROUTE,
  summary: 'Update Event',
  description: 'Edits an event, unless somebody else has edited it since `expected_version`.',
  operationId: 'update_event',
  body: EVENT_UPDATE,
  response: {
    ...EVENT_ROUTE.response,
    ...BODY_RESPONSES,
    409: problemResponse(
      'Edited by somebody else since, cancelled, or more places are booked than `capacity` has; `code` says which.',
      {
        status: 409,
        code: 'CAPACITY_BELOW_BOOKED',
        detail: '40 places are booked, so there cannot be 30.',
        version: 2,
        bookedCount: 40,
      },
    ),
  },
};

const cancelEvent = {
  ...EVENT_ROUTE,
  summary: 'Cancel Event',
  description:
    'No booking from then on; its bookings are cancelled by the worker. A cancelled event is answered unchanged.',
  operationId: 'cancel_event',
  body: EVENT_CANCEL,
  response: { ...EVENT_ROUTE.response, ...BODY_RESPONSES },
};

type Use = Pick<EventUseCases, 'updateEvent' | 'cancelEvent'>;

export function eventLifeRoutes(rest: FastifyInstance, use: Use): void {
  rest.patch<EventId & { Body: z.output<typeof EVENT_UPDATE> }>(
    '/event/:event_id',
    { schema: updateEvent, config: { operation: 'updateEvent' } },
    async ({ params, body }, reply) => {
      const { expected_version: expectedVersion, title, capacity, status } = body;
      const input = { title, capacity, status, ...eventDetailsOf(body) };
      const update = await use.updateEvent(parseId(params.event_id), expectedVersion, input);
      return update.kind === 'updated' ? eventDetailsOut(update.event) : sendProblem(reply, problemOfRefusal(update));
    },
  );
  rest.post<EventId & { Body: z.output<typeof EVENT_CANCEL> }>(
    '/event/:event_id/cancel',
    { schema: cancelEvent, config: { operation: 'cancelEvent' } },
    async ({ params, body }) => eventDetailsOut(await use.cancelEvent(parseId(params.event_id), body.reason)),
  );
}

function problemOfRefusal({ code, message: detail, event }: EventUpdateRefusal): Problem {
  return { status: 409, code, detail, version: event.edition, bookedCount: event.bookedCount };
}
