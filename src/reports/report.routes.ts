import type { FastifyInstance } from 'fastify';
import { notFound } from '../errors.ts';
import { EVENT_ID_PARAMS, eventStatsOut } from '../events/event.bodies.ts';
import { COMMON_RESPONSES, problemResponse, validationResponse } from '../http/rest/error-responses.ts';
import { problemOfError } from '../http/rest/problem.ts';
import { parseId } from '../input-checks.ts';

import type { ReportUseCases } from './overall-report.ts';

const tags = ['reports'];

export const REPORT_OUT = {
  $id: 'ReportOut',
  type: 'object',
  required: ['total_capacity', 'total_reserved', 'total_finalized'],
  properties: {
    total_capacity: { type: 'integer', description: 'Places of all events.', examples: [500] },
    total_reserved: { type: 'integer', description: 'Places of PENDING and FINALIZED bookings.', examples: [42] },
    total_finalized: { type: 'integer', description: 'Places of FINALIZED bookings.', examples: [40] },
  },
} as const;

const overallReport = {
  tags,
  summary: 'Overall Report',
  description: 'Aggregate report across all events.',
  operationId: 'overall_report_report_get',
  response: { 200: { description: 'Successful Response', $ref: 'ReportOut#' }, ...COMMON_RESPONSES },
};

const eventReport = {
  tags,
  summary: 'Event Report',
  description: 'The same as `GET /event/{event_id}/stats`.',
  operationId: 'event_report_report_event__event_id__get',
  params: EVENT_ID_PARAMS,
  response: {
    200: { description: 'Successful Response', $ref: 'EventStatsOut#' },
    404: problemResponse('There is no such event.', problemOfError(notFound('Event'))),
    422: validationResponse,
    ...COMMON_RESPONSES,
  },
};

export function reportRoutes(rest: FastifyInstance, { report, events }: ReportUseCases): void {
  rest.get('/report', { schema: overallReport, config: { operation: 'report' } }, async () => {
    const { totalCapacity, totalReserved, totalFinalized } = await report();
    return { total_capacity: totalCapacity, total_reserved: totalReserved, total_finalized: totalFinalized };
  });
  rest.get<{ Params: { event_id: number } }>(
    '/report/event/:event_id',
    { schema: eventReport, config: { operation: 'report' } },
    async ({ params }) => {
      const event = await events.find(parseId(params.event_id));
      if (!event) throw notFound('Event');
      return eventStatsOut(event);
    },
  );
}
