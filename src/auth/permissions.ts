import { forbidden, unauthenticated } from '../errors.ts';
import type { Viewer, ViewerKind } from './viewer.ts';

/** What an operation may touch: everything, only what belongs to the viewer, or nothing. */
type Scope = 'all' | 'own' | 'none';

const public_ = scopes('all', 'all', 'all', 'all');

/** The one table of who may do what, for GraphQL, REST and subscriptions alike. What is not in it nobody may do. */
export const PERMISSIONS: ReadonlyMap<string, Readonly<Record<ViewerKind, Scope>>> = new Map([
  //                               anonymous  buyer   staff   organizer
  ['event', public_],
  ['events', public_],
  ['eventStats', public_],
  ['eventStatsChanged', public_],
  ['booking', /*              */ scopes('none', 'own', 'all', 'all')],
  ['bookings', /*             */ scopes('none', 'own', 'all', 'all')],
  ['bookingStatusChanged', /* */ scopes('none', 'own', 'all', 'all')],
  ['bookTicket', /*           */ scopes('none', 'own', 'own', 'all')],
  ['cancelBooking', /*        */ scopes('none', 'own', 'own', 'all')],
  ['eventBookingsChanged', /* */ scopes('none', 'none', 'all', 'all')],
  ['createEvent', /*          */ scopes('none', 'none', 'none', 'all')],
  ['report', /*               */ scopes('none', 'none', 'none', 'all')],
]);

/**
 * Whom the rows of an operation must belong to: null when they may be anybody's.
 * @throws BoxOfficeError UNAUTHENTICATED, FORBIDDEN
 */
export function onlyOf(viewer: Viewer, operation: string): string | null {
  const scope = PERMISSIONS.get(operation)?.[viewer.kind] ?? 'none';
  if (scope === 'all') return null;
  if (scope === 'own' && viewer.userId !== null) return viewer.userId;
  throw viewer.kind === 'anonymous' ? unauthenticated('Sign in first: send a bearer token.') : forbidden();
}

/** @throws BoxOfficeError FORBIDDEN when somebody acts for another */
export function actingFor(viewer: Viewer, operation: string, userId: string | null | undefined): string | null {
  const only = onlyOf(viewer, operation);
  if (only !== null && userId != null && userId !== only) throw forbidden();
  return userId ?? viewer.userId;
}

function scopes(anonymous: Scope, buyer: Scope, staff: Scope, organizer: Scope): Record<ViewerKind, Scope> {
  return { anonymous, buyer, staff, organizer };
}
