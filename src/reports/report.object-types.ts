import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { MAX_CURVE_STEPS } from './sales-curve.ts';

@ObjectType('Report', { description: 'Places over all events.' })
export class ReportType {
  @Field(() => GraphQLSafeInt, { description: 'Places in all.' })
  totalCapacity!: number;

  @Field(() => GraphQLSafeInt, { description: 'Places of HELD, PENDING and FINALIZED bookings.' })
  totalReserved!: number;

  @Field(() => GraphQLSafeInt, { description: 'Places of FINALIZED bookings.' })
  totalFinalized!: number;
}

@ObjectType('SalesPoint', { description: 'How much was sold up to a moment.' })
class SalesPointType {
  @Field(() => Date, { description: 'The moment.' })
  at!: Date;

  @Field(() => Int, { description: 'HELD, PENDING and FINALIZED bookings that were made up to then.' })
  bookingCount!: number;

  @Field(() => Int, { description: 'Their places.' })
  bookedCount!: number;

  @Field(() => Int, { description: 'Places of those of them that are FINALIZED by now.' })
  finalizedCount!: number;
}

@ObjectType('SalesCurve', {
  description:
    'How an event sold: the bookings that have places now, by when they were made. What was given back is not in it, so ' +
    "it ends at the event's numbers.",
})
export class SalesCurveType {
  @Field(() => ID, { description: 'The event.' })
  eventId!: number;

  @Field(() => GraphQLSafeInt, { description: 'From a point to the next, in milliseconds; 200 or more.' })
  stepMs!: number;

  @Field(() => [SalesPointType], {
    description: 'At most 241; none before the first booking.',
    complexity: ({ childComplexity }) => 1 + (MAX_CURVE_STEPS + 1) * childComplexity,
  })
  points!: SalesPointType[];
}

@ObjectType('LastError', { description: 'What went wrong last.' })
class LastErrorType {
  @Field(() => Date, { description: 'When.' })
  at!: Date;

  @Field(() => String, { description: 'What, in the words of the log.' })
  message!: string;
}

@ObjectType('ServiceHealth', {
  description: 'How the box office is doing: its bookings, and the process that answers.',
})
export class ServiceHealthType {
  @Field(() => Int, { description: 'PENDING bookings, which wait for their tickets; counted to 10,000.' })
  queueDepth!: number;

  @Field(() => Date, { nullable: true, description: 'Since when the oldest of them is PENDING; null: none is.' })
  oldestPendingAt!: Date | null;

  @Field(() => Int, { description: 'Subscriptions that are open in this process.' })
  subscriptionCount!: number;

  @Field(() => LastErrorType, { nullable: true, description: 'Of this process, since its start; null: none.' })
  lastError!: LastErrorType | null;
}
