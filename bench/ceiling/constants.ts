const at = new Date('2026-11-23T07:30:38.123Z');

/** As a use case answers it. */
export const BOOKING = {
  id: 4_711,
  reference: '7K3M9XQ2D4TRW8HB',
  eventId: 1,
  userId: '42',
  quantity: 1,
  status: 'PENDING',
  failureReason: null,
  version: 1,
  createdAt: at,
  finalizedAt: null,
} as const;

/** The same, as `POST /book` answers it. */
export const BOOKING_OUT = {
  id: BOOKING.id,
  event_id: BOOKING.eventId,
  user_id: Number(BOOKING.userId),
  status: BOOKING.status,
  created_at: at.toISOString(),
  quantity: BOOKING.quantity,
  reference: BOOKING.reference,
};

/** All that the resolver of `bookTicket` asks for. */
export function constantUseCases(booking: object): object {
  return { bookTicket: async () => ({ kind: 'booked', booking, replayed: false }) };
}
