import type { BookingContext } from '../bookings/booking-use-cases.ts';
import type { Container } from '../container.ts';
import type { BeginReading } from '../http/graphql/context.ts';
import type { RateLimits } from '../http/limits/rate-limits.ts';
import type { ReportContext } from '../reports/report-use-cases.ts';
import type { TicketContext } from '../tickets/ticket.resolver.ts';
import { RowLoaders } from './row-loaders.ts';

type Context = BookingContext & TicketContext & ReportContext;

/** What the resolvers of all features get. */
export function graphqlContexts(useCases: Container, rateLimits: RateLimits): BeginReading {
  return () => {
    const rows = new RowLoaders(useCases);
    return (caller): Context => ({ ...caller, rateLimits, useCases, rows });
  };
}
