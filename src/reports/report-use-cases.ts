import type { EventUseCases } from '../events/event-queries.ts';
import type { GraphqlContext } from '../http/graphql/context.ts';
import type { Report } from './overall-report.ts';
import type { CurveRange, SalesCurve } from './sales-curve.ts';
import type { ServiceHealth } from './service-health.ts';

/** What both APIs have to report. */
export interface ReportUseCases extends Pick<EventUseCases, 'events'> {
  readonly report: () => Promise<Report>;
  readonly salesCurve: (eventId: number | null, range: CurveRange) => Promise<SalesCurve | null>;
  readonly serviceHealth: () => Promise<ServiceHealth>;
}

export interface ReportContext extends GraphqlContext {
  readonly useCases: ReportUseCases;
}
