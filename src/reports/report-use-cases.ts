import type { EventUseCases } from '../events/event-use-cases.ts';
import type { GraphqlContext } from '../http/graphql/context.ts';
import type { Report } from './overall-report.ts';

/** What both APIs have to report. */
export interface ReportUseCases extends Pick<EventUseCases, 'events'> {
  readonly report: () => Promise<Report>;
}

export interface ReportContext extends GraphqlContext {
  readonly useCases: ReportUseCases;
}
