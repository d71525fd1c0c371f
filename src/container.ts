import type { SqlEntityManager } from '@mikro-orm/sql';
import { createAuthenticator } from './auth/authenticator.ts';
import { type BookTicketInput, bookTicket } from './bookings/book-ticket.ts';
import { BookingDownloads } from './bookings/booking-downloads.ts';
import { BookingQueries } from './bookings/booking-queries.ts';
import { cancelBooking } from './bookings/cancel-booking.ts';
import { createEventDesks } from './bookings/event-desk.ts';
import { LiveUpdates } from './bookings/live/live-updates.ts';
import { type OffersFrom, offerPlaces } from './bookings/offers/offer-places.ts';
import type { BookingOutcome } from './bookings/ticket-order.ts';
import type { Config } from './config.ts';
import { createDoor } from './door/door.ts';
import { cancelEvent } from './events/cancel-event.ts';
import { type CreateEventInput, createEvent } from './events/create-event.ts';
import type { Event } from './events/event.entity.ts';
import { EventQueries } from './events/event-queries.ts';
import { type UpdateEventInput, updateEvent } from './events/update-event.ts';
import { type ConfirmBookingInput, type ConfirmBookingParts, confirmBooking } from './holds/confirm-booking.ts';
import { createConfirmationDesks } from './holds/confirm-group.ts';
import { extendHold } from './holds/extend-hold.ts';
import type { HoldParts } from './holds/own-hold.ts';
import { RequestFailures } from './http/request-failures.ts';
import { countOutcome } from './platform/metrics/outcomes.ts';
import { overallReport } from './reports/overall-report.ts';
import { type CurveRange, salesCurve } from './reports/sales-curve.ts';
import { serviceHealth } from './reports/service-health.ts';
import { closeSurroundings, openSurroundings, type Surroundings, type SurroundingsOverrides } from './surroundings.ts';
import { createTelling, type Telling } from './telling.ts';
import { SimulatedTicketIssuer, type TicketIssuer } from './tickets/issue-tickets.ts';
import type { DocumentFormat, PageSize } from './tickets/rendering/document-form.ts';
import { TicketRenderer } from './tickets/rendering/ticket-renderer.ts';
import { signingKeysOf } from './tickets/signing-keys.ts';
import { ticketDocument } from './tickets/ticket-document.ts';
import { TicketQueries } from './tickets/ticket-queries.ts';
import { ticketUrls } from './tickets/ticket-urls.ts';
import { createWaitingList } from './waiting-list/waiting-list.ts';
import { openWorker } from './worker.ts';

/** What a command or a test puts in place of the usual parts. */
export interface Overrides extends SurroundingsOverrides {
  readonly issuer?: TicketIssuer;
  readonly renderer?: TicketRenderer;
}

export type Container = Awaited<ReturnType<typeof createContainer>>;

/** The composition root: builds every part once, from the configuration. Rejects when the database cannot be reached. */
export async function createContainer(config: Config, overrides: Overrides = {}) {
  const surroundings = await openSurroundings(config, overrides);
  const { log, metrics, tracing, db, services, writeCheck, database, databaseTrouble, turnedAway } = surroundings;
  const telling = createTelling(config, surroundings);
  const { desksIdle, useCases } = createUseCases(config, surroundings, telling);
  const renderer = overrides.renderer ?? new TicketRenderer(log);
  const ticketUseCases = createTicketUseCases(config, surroundings, { ...useCases, ...telling, renderer });
  const issuer = overrides.issuer ?? new SimulatedTicketIssuer(config.finalization.issuanceDelayMs);
  const worker = await openWorker(config, surroundings, { ...useCases, ...ticketUseCases, ...telling, issuer });
  const authenticator = createAuthenticator(config.auth, log, surroundings.now);
  const liveUpdates = createLiveUpdates(surroundings);

  return {
    config,
    log,
    metrics,
    tracing,
    db,
    services,
    writeCheck,
    failures: new RequestFailures({ log, database, databaseTrouble, turnedAway }),
    authenticator,
    liveUpdates,
    ...useCases,
    ...ticketUseCases,

    /** From now on this process finalizes bookings, cancels those of cancelled events, ends holds, serves waiting lists, and sends mails. */
    startWorker: () => worker.start(),

    /** Takes up no more of them, and lets those that it is at end. */
    stopWorker: () => worker.stop(),

    /** Answers what is in flight, lets running jobs end, and gives everything back. */
    async close(): Promise<void> {
      await Promise.all([desksIdle(), ticketUseCases.doorsIdle()]);
      await telling.allTold();
      await worker.stop();
      liveUpdates.close();
      authenticator.close();
      await renderer.close();
      await closeSurroundings(surroundings);
    },
  };
}

function createLiveUpdates({ db, services, databaseTrouble, metrics }: Surroundings): LiveUpdates {
  return new LiveUpdates(db, services.pubsub, databaseTrouble, { onDropped: () => metrics.updatesDropped.inc() });
}

function createUseCases(config: Config, surroundings: Surroundings, telling: Telling) {
  const { db, now, metrics, tracing, services, database, databaseTrouble, turnedAway } = surroundings;
  const parts = { db, now, tracing, lock: services.lock, mails: config.mail !== null, ...telling };
  const desks = createEventDesks({ ...parts, limits: config.booking, trouble: databaseTrouble });
  const onBusy = () => turnedAway.count('busy');
  const booking = { desks, onBusy, onFailure: () => database.cost('bookings') };
  const limits = { maxWaiting: config.booking.maxWaitingPerEvent, maxGroupSize: config.booking.maxGroupSize };
  const confirmations = createConfirmationDesks(parts, limits);
  const { joinsIdle, ...waitingListUseCases } = createWaitingList({ ...parts, limits, onBusy });
  const bookings = new BookingQueries(db);
  const eventUseCases = createEventUseCases(parts);
  const useCases = {
    ...eventUseCases,
    ...createHoldUseCases({ ...parts, metrics, desks: confirmations }),
    ...waitingListUseCases,
    bookings,
    downloads: new BookingDownloads(bookings),
    tickets: new TicketQueries(db),
    bookTicket: (input: BookTicketInput) => {
      const operation = input.holdSeconds == null ? 'book' : 'hold';
      return countOutcome(metrics.bookingRequests, { operation }, bookTicket(booking, input));
    },
    /** @param requiredOwner the user it must belong to; null: anybody's */
    cancelBooking: (id: number | null, requiredOwner: string | null = null) => cancelBooking(parts, id, requiredOwner),
    ...createReports(surroundings, eventUseCases.events),
  };
  const desksIdle = () => Promise.all([desks.idle(), confirmations.idle(), joinsIdle()]);
  return { desksIdle, useCases };
}

/** Of holds, once they are made. */
function createHoldUseCases({ metrics, ...parts }: HoldParts & ConfirmBookingParts & Pick<Surroundings, 'metrics'>) {
  const counted = (operation: 'confirm' | 'extend', outcome: Promise<BookingOutcome>) =>
    countOutcome(metrics.bookingRequests, { operation }, outcome);
  return {
    /** @param requiredOwner the user it must belong to; null: anybody's */
    confirmBooking: (id: number | null, input: ConfirmBookingInput, requiredOwner: string | null = null) =>
      counted('confirm', confirmBooking(parts, id, input, requiredOwner)),
    /** @param requiredOwner as above */
    extendHold: (id: number | null, holdSeconds: number, requiredOwner: string | null = null) =>
      counted('extend', extendHold(parts, id, holdSeconds, requiredOwner)),
  };
}

function createEventUseCases({
  db,
  now,
  wakeUps,
  announceNumbers,
  offered,
  mails,
}: Telling & Pick<Surroundings, 'db' | 'now'> & Pick<OffersFrom, 'mails'>) {
  const cancelled = () => wakeUps.cancellations.send();
  const update = {
    db,
    changed: announceNumbers,
    /** Places may have come with it, or its sale may have begun. */
    also: async (tx: SqlEntityManager, event: Event) => {
      const offers = await offerPlaces({ db, mails }, tx, event, now());
      return { event: offers.event, committed: () => offered(offers) };
    },
  };
  return {
    events: new EventQueries(db),
    createEvent: (input: CreateEventInput) => createEvent({ db, now }, input),
    updateEvent: (id: number | null, expectedVersion: number, input: UpdateEventInput) =>
      updateEvent(update, id, expectedVersion, input),
    cancelEvent: (id: number | null, reason: string) => cancelEvent({ db, now, cancelled }, id, reason),
  };
}

function createReports({ db, metrics, lastError }: Surroundings, events: EventQueries) {
  return {
    report: () => overallReport(db),
    salesCurve: (eventId: number | null, range: CurveRange) => salesCurve({ db, events }, eventId, range),
    serviceHealth: () => serviceHealth({ db, metrics, lastError }),
  };
}

type TicketParts = Omit<Parameters<typeof ticketDocument>[0], 'signingKeys'>;

/** Of tickets as people hold them, and as they show them at the door. */
function createTicketUseCases(
  { publicUrl, tickets }: Config,
  surroundings: Surroundings,
  parts: TicketParts & Telling,
) {
  const { db, now, metrics } = surroundings;
  const { announceNumbers } = parts;
  const signingKeys = signingKeysOf({ db, now, configured: tickets.signingKeys });
  return {
    ...createDoor({ db, now, announceNumbers, signingKeys, metrics }),
    signingKeys,
    ticketUrls: (code: string) => ticketUrls(publicUrl, code),
    ticketDocument: (code: string, format: DocumentFormat, size?: PageSize) =>
      ticketDocument({ ...parts, signingKeys }, code, format, size),
  };
}
