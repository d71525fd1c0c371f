import type { Lane } from '../config.ts';
import { forbidden, unauthenticated } from '../errors.ts';
import type { Viewer, ViewerKind } from './viewer.ts';

/** What an operation may touch: everything, only what belongs to the viewer, or nothing. */
type Scope = 'all' | 'own' | 'none';

interface Rule {
  readonly lane: Lane;
  readonly scopes: Readonly<Record<ViewerKind, Scope>>;
}

/** The one table of who may do what, for GraphQL, REST and subscriptions alike. Nobody may do what is not in it. */
export const PERMISSIONS: ReadonlyMap<string, Rule> = new Map([
  //                                  lane       anonymous buyer  staff  organizer
  ['event', /*                */ rule('reading', 'all', 'all', 'all', 'all')],
  ['events', /*               */ rule('reading', 'all', 'all', 'all', 'all')],
  ['eventStats', /*           */ rule('reading', 'all', 'all', 'all', 'all')],
  ['eventStatsChanged', /*    */ rule('reading', 'all', 'all', 'all', 'all')],
  ['booking', /*              */ rule('reading', 'none', 'own', 'all', 'all')],
  ['bookings', /*             */ rule('reading', 'none', 'own', 'all', 'all')],
  ['bookingStatusChanged', /* */ rule('reading', 'none', 'own', 'all', 'all')],
  ['bookTicket', /*           */ rule('booking', 'none', 'own', 'own', 'all')],
  ['cancelBooking', /*        */ rule('booking', 'none', 'own', 'own', 'all')],
  ['confirmBooking', /*       */ rule('booking', 'none', 'own', 'own', 'all')],
  ['extendHold', /*           */ rule('booking', 'none', 'own', 'own', 'all')],
  ['waitingListEntry', /*     */ rule('reading', 'none', 'own', 'all', 'all')],
  ['waitingListEntryChanged', rule('reading', 'none', 'own', 'all', 'all')],
  ['joinWaitingList', /*      */ rule('booking', 'none', 'own', 'own', 'all')],
  ['leaveWaitingList', /*     */ rule('booking', 'none', 'own', 'own', 'all')],
  ['eventBookingsChanged', /* */ rule('reading', 'none', 'none', 'all', 'all')],
  ['downloadBookings', /*     */ rule('reading', 'none', 'none', 'all', 'all')],
  ['createEvent', /*          */ rule('booking', 'none', 'none', 'none', 'all')],
  ['updateEvent', /*          */ rule('booking', 'none', 'none', 'none', 'all')],
  ['cancelEvent', /*          */ rule('booking', 'none', 'none', 'none', 'all')],
  ['checkIn', /*              */ rule('booking', 'none', 'none', 'all', 'all')],
  ['checkInBatch', /*         */ rule('booking', 'none', 'none', 'all', 'all')],
  ['undoCheckIn', /*          */ rule('booking', 'none', 'none', 'all', 'all')],
  ['checkInStats', /*         */ rule('reading', 'none', 'none', 'all', 'all')],
  ['checkInStatsChanged', /*  */ rule('reading', 'none', 'none', 'all', 'all')],
  ['report', /*               */ rule('reading', 'none', 'none', 'none', 'all')],
  ['salesCurve', /*           */ rule('reading', 'none', 'none', 'none', 'all')],
  ['serviceHealth', /*        */ rule('reading', 'none', 'none', 'none', 'all')],
  // Who knows a ticket's code holds the ticket.
  ['ticketDocument', /*       */ rule('reading', 'all', 'all', 'all', 'all')],
  ['ticketSigningKeys', /*    */ rule('reading', 'all', 'all', 'all', 'all')],
]);

/** The narrower one for what is not in the table. */
export function laneOf(operation: string): Lane {
  return PERMISSIONS.get(operation)?.lane ?? 'booking';
}

/** Whether there is anything that this viewer may do so. */
export function isPermitted(viewer: Viewer, operation: string): boolean {
  return scopeOf(viewer, operation) !== 'none';
}

/**
 * Whom the rows of an operation must belong to: null when they may be anybody's.
 * @throws BoxOfficeError UNAUTHENTICATED, FORBIDDEN
 */
export function requiredOwner(viewer: Viewer, operation: string): string | null {
  const scope = scopeOf(viewer, operation);
  if (scope === 'all') return null;
  if (scope === 'own' && viewer.userId !== null) return viewer.userId;
  throw viewer.kind === 'anonymous' ? unauthenticated('Sign in first: send a bearer token.') : forbidden();
}

function scopeOf({ kind }: Viewer, operation: string): Scope {
  return PERMISSIONS.get(operation)?.scopes[kind] ?? 'none';
}

/** @throws BoxOfficeError FORBIDDEN when somebody acts for another */
export function actingFor(viewer: Viewer, operation: string, userId: string | null | undefined): string | null {
  const only = requiredOwner(viewer, operation);
  if (only !== null && userId != null && userId !== only) throw forbidden();
  return userId ?? viewer.userId;
}

function rule(lane: Lane, anonymous: Scope, buyer: Scope, staff: Scope, organizer: Scope): Rule {
  return { lane, scopes: { anonymous, buyer, staff, organizer } };
}
