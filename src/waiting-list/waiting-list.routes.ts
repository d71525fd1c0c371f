import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { actingFor, requiredOwner } from '../auth/permissions.ts';
import { problemOfRefusal } from '../bookings/booking.routes.ts';
import type { EntryNow } from '../bookings/offers/waiting-list-queries.ts';
import { eventNotFound, placesAvailable } from '../bookings/refusals.ts';
import { notFound } from '../errors.ts';
import { EVENT_ID_PARAMS } from '../events/event.requests.ts';
import { EVENT_ROUTE, type EventId, findEvent } from '../events/event.routes.ts';
import type { EventUseCases } from '../events/event-queries.ts';
import { BODY_RESPONSES, COMMON_RESPONSES, problemResponse, validationResponse } from '../http/rest/error-responses.ts';
import { problemOfError, sendProblem } from '../http/rest/problem.ts';
import { parseId } from '../input-checks.ts';
import { ENTRY_ID_PARAMS, entryOut, joinRequest } from './waiting-list.bodies.ts';
import type { WaitingListUseCases } from './waiting-list-use-cases.ts';

const tags = ['waiting list'];

const ENTRY_RESPONSE = { description: 'Successful Response', $ref: 'WaitingListEntryOut#' } as const;

const joinWaitingList = {
  tags,
  summary: 'Join Waiting List',
  description:
    'Waits for places of an event that is sold out. Places that come back are held for whoever is first and wants no more than there are. ' +
    'Whoever is on the list already is answered with their entry, unchanged.',
  operationId: 'join_waiting_list',
  params: EVENT_ID_PARAMS,
  response: {
    200: ENTRY_RESPONSE,
    ...BODY_RESPONSES,
    404: problemResponse('There is no such event.', problemOfRefusal(eventNotFound())),
    409: problemResponse(
      'Nobody has to wait, since there are places; or the event is not on sale, or lets nobody have so many; `code` says which.',
      problemOfRefusal(placesAvailable(2)),
    ),
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

const waitingList = {
  ...EVENT_ROUTE,
  tags,
  summary: 'Waiting List',
  description: "How many people wait for an event's places.",
  operationId: 'waiting_list',
  response: { ...EVENT_ROUTE.response, 200: { description: 'Successful Response', $ref: 'WaitingListOut#' } },
};

const waitingListEntry = {
  tags,
  summary: 'Get Waiting List Entry',
  description: 'One entry of a waiting list: how many people are before it, and what was offered to it.',
  operationId: 'waiting_list_entry',
  params: ENTRY_ID_PARAMS,
  response: {
    200: ENTRY_RESPONSE,
    404: problemResponse('There is no such entry.', problemOfError(notFound('Waiting list entry'))),
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

const leaveWaitingList = {
  ...waitingListEntry,
  summary: 'Leave Waiting List',
  description: 'Waits no longer, and gives an offer back. An entry that has ended is answered unchanged.',
  operationId: 'leave_waiting_list',
  response: { ...waitingListEntry.response, ...BODY_RESPONSES },
};

interface Join extends EventId {
  Body: z.output<ReturnType<typeof joinRequest>>;
}

interface EntryId {
  Params: z.output<typeof ENTRY_ID_PARAMS>;
}

type UseCases = Pick<WaitingListUseCases, 'waitingList' | 'joinWaitingList' | 'leaveWaitingList'> &
  Pick<EventUseCases, 'events'>;

/** @param tokens whether a token says who waits */
export function waitingListRoutes(rest: FastifyInstance, use: UseCases, tokens: boolean): void {
  const shown = async (entry: EntryNow) => {
    const [offer] = entry.offeredAt ? await use.waitingList.offers([entry.id]) : [];
    return entryOut(entry, offer ?? null);
  };
  rest.post<Join>(
    '/event/:event_id/waiting-list',
    { schema: { ...joinWaitingList, body: joinRequest(tokens) }, config: { operation: 'joinWaitingList' } },
    async ({ params, body, viewer }, reply) => {
      const userId = body.user_id === undefined ? null : String(body.user_id);
      const outcome = await use.joinWaitingList({
        eventId: params.event_id,
        userId: actingFor(viewer, 'joinWaitingList', userId),
        quantity: body.quantity,
        holderName: body.holder_name,
        email: body.email,
      });
      return outcome.kind === 'waiting' ? shown(outcome.entry) : sendProblem(reply, problemOfRefusal(outcome));
    },
  );
  rest.get<EventId>(
    '/event/:event_id/waiting-list',
    { schema: waitingList, config: { operation: 'eventStats' } },
    async ({ params }) => {
      const { id } = await findEvent(use.events, params.event_id);
      return { event_id: id, waiting_count: (await use.waitingList.counts([id])).get(id) ?? 0 };
    },
  );
  rest.get<EntryId>(
    '/waiting-list/:entry_id',
    { schema: waitingListEntry, config: { operation: 'waitingListEntry' } },
    async ({ params, viewer }) => {
      const owner = requiredOwner(viewer, 'waitingListEntry');
      const entry = await use.waitingList.find(parseId(params.entry_id), owner);
      if (!entry) throw notFound('Waiting list entry');
      return shown(entry);
    },
  );
  rest.post<EntryId>(
    '/waiting-list/:entry_id/leave',
    { schema: leaveWaitingList, config: { operation: 'leaveWaitingList' } },
    async ({ params, viewer }) => {
      const owner = requiredOwner(viewer, 'leaveWaitingList');
      return shown(await use.leaveWaitingList(parseId(params.entry_id), owner));
    },
  );
}
