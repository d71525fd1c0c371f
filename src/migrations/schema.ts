import { BookingSchema } from '../bookings/booking.entity.ts';
import { WaitingListEntrySchema } from '../bookings/offers/waiting-list-entry.entity.ts';
import type { DatabaseConfig } from '../config.ts';
import { CheckInUndoSchema } from '../door/check-in-undo.entity.ts';
import { EventSchema } from '../events/event.entity.ts';
import type { Schema } from '../platform/connect-options.ts';
import { SigningKeySchema } from '../tickets/signing-key.entity.ts';
import { TicketSchema } from '../tickets/ticket.entity.ts';
import { Migration20261123Initial as PostgresqlInitial } from './postgresql/migration-20261123-initial.ts';
import { Migration20261125FinalizationAttempts as PostgresqlFinalizationAttempts } from './postgresql/migration-20261125-finalization-attempts.ts';
import { Migration20261126BookingFilters as PostgresqlBookingFilters } from './postgresql/migration-20261126-booking-filters.ts';
import { Migration20261126KeyConstraint as PostgresqlKeyConstraint } from './postgresql/migration-20261126-key-constraint.ts';
import { Migration20261127CheckIn as PostgresqlCheckIn } from './postgresql/migration-20261127-check-in.ts';
import { Migration20261127HolderName as PostgresqlHolderName } from './postgresql/migration-20261127-holder-name.ts';
import { Migration20261127SigningKeys as PostgresqlSigningKeys } from './postgresql/migration-20261127-signing-keys.ts';
import { Migration20261128CancelledEvents as PostgresqlCancelledEvents } from './postgresql/migration-20261128-cancelled-events.ts';
import { Migration20261128EventLife as PostgresqlEventLife } from './postgresql/migration-20261128-event-life.ts';
import { Migration20261128Mail as PostgresqlMail } from './postgresql/migration-20261128-mail.ts';
import { Migration20261128MailDue as PostgresqlMailDue } from './postgresql/migration-20261128-mail-due.ts';
import { Migration20261129HoldConstraints as PostgresqlHoldConstraints } from './postgresql/migration-20261129-hold-constraints.ts';
import { Migration20261129HoldExpiry as PostgresqlHoldExpiry } from './postgresql/migration-20261129-hold-expiry.ts';
import { Migration20261129Holds as PostgresqlHolds } from './postgresql/migration-20261129-holds.ts';
import { Migration20261130Offers as PostgresqlOffers } from './postgresql/migration-20261130-offers.ts';
import { Migration20261130SalesCurve as PostgresqlSalesCurve } from './postgresql/migration-20261130-sales-curve.ts';
import { Migration20261130WaitingList as PostgresqlWaitingList } from './postgresql/migration-20261130-waiting-list.ts';
import { Migration20261123Initial as SqliteInitial } from './sqlite/migration-20261123-initial.ts';
import { Migration20261125FinalizationAttempts as SqliteFinalizationAttempts } from './sqlite/migration-20261125-finalization-attempts.ts';
import {
  bookingFilterIndexes,
  Migration20261126BookingFilters as SqliteBookingFilters,
} from './sqlite/migration-20261126-booking-filters.ts';
import { Migration20261127CheckIn as SqliteCheckIn } from './sqlite/migration-20261127-check-in.ts';
import { Migration20261127HolderName as SqliteHolderName } from './sqlite/migration-20261127-holder-name.ts';
import { Migration20261127SigningKeys as SqliteSigningKeys } from './sqlite/migration-20261127-signing-keys.ts';
import { Migration20261128CancelledEvents as SqliteCancelledEvents } from './sqlite/migration-20261128-cancelled-events.ts';
import { Migration20261128EventLife as SqliteEventLife } from './sqlite/migration-20261128-event-life.ts';
import { Migration20261128Mail as SqliteMail } from './sqlite/migration-20261128-mail.ts';
import { Migration20261128MailDue as SqliteMailDue } from './sqlite/migration-20261128-mail-due.ts';
import { Migration20261129HoldExpiry as SqliteHoldExpiry } from './sqlite/migration-20261129-hold-expiry.ts';
import { Migration20261129Holds as SqliteHolds } from './sqlite/migration-20261129-holds.ts';
import { Migration20261130Offers as SqliteOffers } from './sqlite/migration-20261130-offers.ts';
import { Migration20261130SalesCurve as SqliteSalesCurve } from './sqlite/migration-20261130-sales-curve.ts';
import { Migration20261130WaitingList as SqliteWaitingList } from './sqlite/migration-20261130-waiting-list.ts';

/** Every migration in order. A name that has been released never changes. */
const MIGRATIONS = {
  sqlite: [
    { name: '20261123-initial', class: SqliteInitial },
    { name: '20261125-finalization-attempts', class: SqliteFinalizationAttempts },
    ...bookingFilterIndexes,
    { name: '20261126-booking-filters', class: SqliteBookingFilters },
    { name: '20261127-signing-keys', class: SqliteSigningKeys },
    { name: '20261127-holder-name', class: SqliteHolderName },
    { name: '20261127-check-in', class: SqliteCheckIn },
    { name: '20261128-event-life', class: SqliteEventLife },
    { name: '20261128-cancelled-events', class: SqliteCancelledEvents },
    { name: '20261128-mail', class: SqliteMail },
    { name: '20261128-mail-due', class: SqliteMailDue },
    { name: '20261129-holds', class: SqliteHolds },
    { name: '20261129-hold-expiry', class: SqliteHoldExpiry },
    { name: '20261130-sales-curve', class: SqliteSalesCurve },
    { name: '20261130-waiting-list', class: SqliteWaitingList },
    { name: '20261130-offers', class: SqliteOffers },
  ],
  postgresql: [
    { name: '20261123-initial', class: PostgresqlInitial },
    { name: '20261125-finalization-attempts', class: PostgresqlFinalizationAttempts },
    { name: '20261126-booking-filters', class: PostgresqlBookingFilters },
    { name: '20261126-key-constraint', class: PostgresqlKeyConstraint },
    { name: '20261127-signing-keys', class: PostgresqlSigningKeys },
    { name: '20261127-holder-name', class: PostgresqlHolderName },
    { name: '20261127-check-in', class: PostgresqlCheckIn },
    { name: '20261128-event-life', class: PostgresqlEventLife },
    { name: '20261128-cancelled-events', class: PostgresqlCancelledEvents },
    { name: '20261128-mail', class: PostgresqlMail },
    { name: '20261128-mail-due', class: PostgresqlMailDue },
    { name: '20261129-holds', class: PostgresqlHolds },
    { name: '20261129-hold-constraints', class: PostgresqlHoldConstraints },
    { name: '20261129-hold-expiry', class: PostgresqlHoldExpiry },
    { name: '20261130-sales-curve', class: PostgresqlSalesCurve },
    { name: '20261130-waiting-list', class: PostgresqlWaitingList },
    { name: '20261130-offers', class: PostgresqlOffers },
  ],
};

/** The names of the migrations that this build has. */
export function knownMigrations(kind: DatabaseConfig['kind']): string[] {
  return MIGRATIONS[kind].map(({ name }) => name);
}

/** The entities, and the migrations of this kind of database. */
export function schemaOf(kind: DatabaseConfig['kind']): Schema {
  const entities = [
    EventSchema,
    BookingSchema,
    WaitingListEntrySchema,
    TicketSchema,
    SigningKeySchema,
    CheckInUndoSchema,
  ];
  return { entities, migrations: MIGRATIONS[kind] };
}
