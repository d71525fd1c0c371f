export const BOOKING_STATUSES = ['HELD', 'PENDING', 'FINALIZED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

/** Every move a booking can make. What is not listed cannot happen; each guarded UPDATE takes its WHERE from here. */
const TRANSITIONS: Readonly<Record<BookingStatus, readonly BookingStatus[]>> = {
  HELD: ['PENDING', 'CANCELLED', 'EXPIRED'],
  PENDING: ['FINALIZED', 'FAILED', 'CANCELLED'],
  FINALIZED: ['CANCELLED'],
  FAILED: [],
  CANCELLED: [],
  EXPIRED: [],
};

/** The states from which a booking may move to `to`. */
export function statesBefore(to: BookingStatus): BookingStatus[] {
  return BOOKING_STATUSES.filter((from) => TRANSITIONS[from].includes(to));
}

/** Whether a booking in this state takes up places of its event. */
export function holdsPlaces(status: BookingStatus): boolean {
  return status === 'HELD' || status === 'PENDING' || status === 'FINALIZED';
}

/** Whether a status subscription ends here. */
export function isTerminal(status: BookingStatus): boolean {
  return status !== 'HELD' && status !== 'PENDING';
}
