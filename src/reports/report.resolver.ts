import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { parseId } from '../input-checks.ts';
import { ReportType, SalesCurveType, ServiceHealthType } from './report.object-types.ts';
import type { ReportContext } from './report-use-cases.ts';

@Resolver()
export class ReportResolver {
  @Query(() => ReportType, { description: 'The numbers of all events together.' })
  report(@Ctx() { useCases }: ReportContext) {
    return useCases.report();
  }

  @Query(() => SalesCurveType, {
    nullable: true,
    description: 'How an event sold, in at most 240 steps; null for an unknown event.',
  })
  salesCurve(
    @Ctx() { useCases }: ReportContext,
    @Arg('eventId', () => ID, { description: 'The event.' }) eventId: string,
    @Arg('from', () => Date, { nullable: true, description: 'Where the curve begins; absent: at the first booking.' })
    from?: Date | null,
    @Arg('to', () => Date, { nullable: true, description: 'Where it ends, after from; absent: at the last booking.' })
    to?: Date | null,
  ) {
    return useCases.salesCurve(parseId(eventId), { from: from ?? null, to: to ?? null });
  }

  @Query(() => ServiceHealthType, { description: 'How the box office is doing.' })
  serviceHealth(@Ctx() { useCases }: ReportContext) {
    return useCases.serviceHealth();
  }
}
