import type { FastifyInstance } from 'fastify';
import { eventStatsOut } from '../events/event.bodies.ts';
import { EVENT_STATS_ROUTE, findEvent } from '../events/event.routes.ts';
import { COMMON_RESPONSES } from '../http/rest/error-responses.ts';
import type { ReportUseCases } from './report-use-cases.ts';

const tags = ['reports'];

export const REPORT_OUT = {
  $id: 'ReportOut',
  type: 'object',
  required: ['total_capacity', 'total_reserved', 'total_finalized'],
  properties: {
    total_capacity: { type: 'integer', description: 'Places of all events.', examples: [500] },
    total_reserved: { type: 'integer', description: 'Places of HELD, PENDING and FINALIZED bookings.', examples: [42] },
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
  ...EVENT_STATS_ROUTE,
  tags,
  summary: 'Event Report',
  description: 'The numbers of `GET /event/{event_id}/stats`, for who may see reports.',
  operationId: 'event_report_report_event__event_id__get',
};

export function reportRoutes(
  rest: FastifyInstance,
  { report, events }: Pick<ReportUseCases, 'report' | 'events'>,
): void {
  rest.get('/report', { schema: overallReport, config: { operation: 'report' } }, async () => {
    const { totalCapacity, totalReserved, totalFinalized } = await report();
    return { total_capacity: totalCapacity, total_reserved: totalReserved, total_finalized: totalFinalized };
  });
  rest.get<{ Params: { event_id: number } }>(
    '/report/event/:event_id',
    { schema: eventReport, config: { operation: 'report' } },
    async ({ params }) => eventStatsOut(await findEvent(events, params.event_id)),
  );
}
