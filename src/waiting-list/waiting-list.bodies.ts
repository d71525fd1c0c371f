import { z } from 'zod';
import { eventId, quantity, userIdOfRow, userIdOut, wantedPlaces } from '../bookings/booking.bodies.ts';
import { type Booking, heldUntil } from '../bookings/booking.entity.ts';
import { WAITING_LIST_STATUSES } from '../bookings/offers/waiting-list-entry.entity.ts';
import type { EntryNow } from '../bookings/offers/waiting-list-queries.ts';
import { timeOut } from '../http/rest/date-time.ts';
import { ROW_ID } from '../input-checks.ts';

const id = { type: 'integer', description: 'The entry.', examples: [1] } as const;

export const ENTRY_ID_PARAMS = z.object({ entry_id: ROW_ID.meta(id) });

/** @param tokens whether a token says who waits, so that the body need not */
export function joinRequest(tokens: boolean) {
  return z.object(wantedPlaces(tokens)).meta({ title: 'WaitingListRequest' });
}

const ENTRY = {
  id,
  event_id: eventId,
  user_id: userIdOfRow,
  quantity: { ...quantity, description: 'Places wanted, all at once.' },
  status: {
    type: 'string',
    enum: WAITING_LIST_STATUSES,
    description:
      'What has become of it. OFFERED: places are held, until `expires_at`, by the booking `booking_id`, which is to be confirmed.',
    examples: ['WAITING'],
  },
  ahead: {
    type: ['integer', 'null'],
    description: 'People before this one; 1000: so many or more. null: it no longer waits.',
    examples: [0],
  },
  booking_id: { type: ['integer', 'null'], description: 'The booking that was offered; null: none was.' },
  expires_at: {
    type: ['string', 'null'],
    format: 'date-time',
    description: 'While it is OFFERED: until when, in UTC.',
  },
  created_at: { type: 'string', format: 'date-time', description: 'In UTC.', examples: ['2026-11-23T07:30:38Z'] },
} as const;

const ENTRY_OUT = {
  $id: 'WaitingListEntryOut',
  type: 'object',
  required: Object.keys(ENTRY),
  properties: ENTRY,
} as const;

const WAITING_LIST_OUT = {
  $id: 'WaitingListOut',
  type: 'object',
  required: ['event_id', 'waiting_count'],
  properties: {
    event_id: eventId,
    waiting_count: { type: 'integer', description: 'People who wait; 10000: so many or more.', examples: [3] },
  },
} as const;

export const WAITING_LIST_SCHEMAS = [ENTRY_OUT, WAITING_LIST_OUT];

/** @param offer the booking that was made for it; null: none was */
export function entryOut(entry: EntryNow, offer: Booking | null) {
  return {
    id: entry.id,
    event_id: entry.eventId,
    user_id: userIdOut(entry.userId),
    quantity: entry.quantity,
    status: entry.status,
    ahead: entry.ahead,
    booking_id: offer?.id ?? null,
    expires_at: timeOut(offer && heldUntil(offer)),
    created_at: timeOut(entry.createdAt),
  };
}
