import type { Event } from './event.entity.ts';

export const EVENT_UPDATE_REFUSAL_CODES = ['VERSION_CONFLICT', 'CAPACITY_BELOW_BOOKED', 'EVENT_CANCELLED'] as const;
export type EventUpdateRefusalCode = (typeof EVENT_UPDATE_REFUSAL_CODES)[number];

/** An expected answer of updateEvent that changed nothing. */
export interface EventUpdateRefusal {
  readonly kind: 'refused';
  readonly code: EventUpdateRefusalCode;
  readonly message: string;
  /** As it is now. */
  readonly event: Event;
}

/** Why these details are no longer those of the next version of the event; null: nothing is in their way. */
export function refusalOfUpdate(
  event: Event,
  expectedVersion: number,
  capacity: number = event.capacity,
): EventUpdateRefusal | null {
  const { status, edition, bookedCount } = event;
  const refusal = (code: EventUpdateRefusalCode, message: string) =>
    ({ kind: 'refused', code, message, event }) as const;
  if (status === 'CANCELLED') return refusal('EVENT_CANCELLED', 'The event is cancelled.');
  if (edition !== expectedVersion) {
    const message = `The event has version ${edition}, not ${expectedVersion}: somebody else has edited it.`;
    return refusal('VERSION_CONFLICT', message);
  }
  if (capacity < bookedCount) {
    return refusal('CAPACITY_BELOW_BOOKED', `${bookedCount} places are booked, so there cannot be ${capacity}.`);
  }
  return null;
}
