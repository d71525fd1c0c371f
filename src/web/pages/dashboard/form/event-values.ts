import type { CreateEventInput, EventFacts, UpdateEventInput } from '../../../generated/operations.ts';
import { instantOf, localTime } from '../../../time/zoned-time.ts';

/** What stands in the form of an event: texts. Times are of the event's own zone. */
export interface EventValues {
  readonly title: string;
  readonly description: string;
  readonly venue: string;
  readonly timeZone: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly salesOpenAt: string;
  readonly salesCloseAt: string;
  readonly capacity: string;
  readonly maxPerBooking: string;
  readonly maxPerUser: string;
  /** In minutes. */
  readonly maxHold: string;
}

export type EventField = keyof EventValues;

const MINUTE_S = 60;

export function newEventValues(timeZone: string): EventValues {
  return {
    title: '',
    description: '',
    venue: '',
    timeZone,
    startsAt: '',
    endsAt: '',
    salesOpenAt: '',
    salesCloseAt: '',
    capacity: '',
    maxPerBooking: '10',
    maxPerUser: '',
    maxHold: '15',
  };
}

export function valuesOf(event: EventFacts): EventValues {
  const { timeZone } = event;
  return {
    title: event.title,
    description: event.description ?? '',
    venue: event.venue ?? '',
    timeZone,
    startsAt: localTime(event.startsAt, timeZone),
    endsAt: localTime(event.endsAt, timeZone),
    salesOpenAt: localTime(event.salesOpenAt, timeZone),
    salesCloseAt: localTime(event.salesCloseAt, timeZone),
    capacity: String(event.stats.capacity),
    maxPerBooking: String(event.maxPerBooking),
    maxPerUser: event.maxPerUser === null ? '' : String(event.maxPerUser),
    maxHold: String(event.maxHoldSeconds / MINUTE_S),
  };
}

export function inputOf(values: EventValues): CreateEventInput {
  const time = (local: string) => instantOf(local, values.timeZone);
  return {
    title: values.title.trim(),
    description: values.description.trim() || null,
    venue: values.venue.trim() || null,
    timeZone: values.timeZone,
    startsAt: time(values.startsAt),
    endsAt: time(values.endsAt),
    salesOpenAt: time(values.salesOpenAt),
    salesCloseAt: time(values.salesCloseAt),
    capacity: Number(values.capacity),
    maxPerBooking: Number(values.maxPerBooking),
    maxPerUser: values.maxPerUser === '' ? null : Number(values.maxPerUser),
    maxHoldSeconds: Math.round(Number(values.maxHold) * MINUTE_S),
  };
}

/** Only what was changed: what somebody else changes meanwhile stays as they want it. */
export function changesOf(before: EventValues, after: EventValues): UpdateEventInput {
  const [was, is] = [inputOf(before), inputOf(after)];
  const fields = Object.keys(is) as (keyof CreateEventInput)[];
  return Object.fromEntries(fields.filter((field) => is[field] !== was[field]).map((field) => [field, is[field]]));
}

/** Mine where I changed something, theirs elsewhere. */
export function mergedValues(before: EventValues, mine: EventValues, theirs: EventValues): EventValues {
  const fields = Object.keys(mine) as EventField[];
  const merged = fields.map((field) => [field, mine[field] === before[field] ? theirs[field] : mine[field]]);
  return Object.fromEntries(merged) as unknown as EventValues;
}

export function fieldsThatDiffer(one: EventValues, other: EventValues): EventField[] {
  return (Object.keys(one) as EventField[]).filter((field) => one[field] !== other[field]);
}
