import type { ComponentType } from 'preact';
import type { Operation } from '../data/operation.ts';
import { EventById, EventList } from '../generated/operations.ts';
import { EventPage } from '../pages/event/event-page.tsx';
import { EventsPage } from '../pages/events/events-page.tsx';

export interface PageProps {
  /** What stands for `:id` in its address; empty where nothing does. */
  readonly id: string;
}

type Page = ComponentType<PageProps>;

interface Route {
  readonly path: string;
  /** Part of the first script, or a script of its own that is loaded when somebody goes there. */
  readonly page: Page | (() => Promise<Page>);
  readonly isLoaded: boolean;
  /** What its HTML shall hold already. */
  readonly needs: (id: string) => readonly Need[];
}

/** A query with its variables. */
type Need = readonly [operation: Operation<unknown, object>, variables: object];

const need = <Data, Variables extends object>(operation: Operation<Data, Variables>, variables: Variables): Need => [
  operation as Operation<unknown, object>,
  variables,
];

const first = (path: string, page: Page, needs: Route['needs']): Route => ({ path, page, needs, isLoaded: true });
const later = (path: string, page: () => Promise<Page>): Route => ({ path, page, isLoaded: false, needs: () => [] });

/** Every address of the page. */
const ROUTES: readonly Route[] = [
  first('/', EventsPage, () => [need(EventList, {})]),
  first('/events/:id', EventPage, (id) => [need(EventById, { id })]),
  later('/tickets', async () => (await import('../pages/tickets/tickets-page.tsx')).TicketsPage),
  later('/bookings/:id', async () => (await import('../pages/booking/booking-page.tsx')).BookingPage),
  later('/dashboard', async () => (await import('../pages/dashboard/dashboard-page.tsx')).DashboardPage),
  later('/dashboard/events/:id', async () => (await import('../pages/dashboard/event-desk-page.tsx')).EventDeskPage),
  later('/door/:id', async () => (await import('../pages/door/door-page.tsx')).DoorPage),
];

export interface Found {
  readonly route: Route;
  readonly id: string;
}

export function findRoute(path: string): Found | null {
  for (const route of ROUTES) {
    const pattern = new RegExp(`^${route.path.replace(':id', '(\\d{1,15})')}/?$`);
    const found = pattern.exec(path);
    if (found) return { route, id: found[1] ?? '' };
  }
  return null;
}
