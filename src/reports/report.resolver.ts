import { GraphQLSafeInt } from 'graphql-scalars';
import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import type { ReportContext } from './overall-report.ts';

@ObjectType('Report', { description: 'Places over all events.' })
class ReportType {
  @Field(() => GraphQLSafeInt, { description: 'Places in all.' })
  totalCapacity!: number;

  @Field(() => GraphQLSafeInt, { description: 'Places of HELD, PENDING and FINALIZED bookings.' })
  totalReserved!: number;

  @Field(() => GraphQLSafeInt, { description: 'Places of FINALIZED bookings.' })
  totalFinalized!: number;
}

@Resolver()
export class ReportResolver {
  @Query(() => ReportType, { description: 'The numbers of all events together.' })
  report(@Ctx() { useCases }: ReportContext) {
    return useCases.report();
  }
}
