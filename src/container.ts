import { createAuthenticator } from './auth/authenticator.ts';
import { AfterCommit } from './bookings/after-commit.ts';
import { type BookTicketInput, bookTicket } from './bookings/book-ticket.ts';
import type { Booking } from './bookings/booking.entity.ts';
import { BookingDownloads } from './bookings/booking-downloads.ts';
import { BookingQueries } from './bookings/booking-queries.ts';
import { cancelBooking } from './bookings/cancel-booking.ts';
import { createEventDesks } from './bookings/event-desk.ts';
import { LiveUpdates } from './bookings/live/live-updates.ts';
import { createAnnounce, createAnnounceNumbers } from './bookings/live/update-hints.ts';
import type { BookingOutcome } from './bookings/ticket-order.ts';
import type { Config } from './config.ts';
import { createDoor } from './door/door.ts';
import { cancelEvent } from './events/cancel-event.ts';
import { type CreateEventInput, createEvent } from './events/create-event.ts';
import { EventQueries } from './events/event-queries.ts';
import { type UpdateEventInput, updateEvent } from './events/update-event.ts';
import { type ConfirmBookingInput, confirmBooking } from './holds/confirm-booking.ts';
import { createConfirmationDesks } from './holds/confirm-group.ts';
import { extendHold } from './holds/extend-hold.ts';
import { RequestFailures } from './http/request-failures.ts';
import { announcingMails } from './mail/mail-hints.ts';
import { countOutcome } from './platform/metrics/outcomes.ts';
import { overallReport } from './reports/overall-report.ts';
import { type CurveRange, salesCurve } from './reports/sales-curve.ts';
import { serviceHealth } from './reports/service-health.ts';
import { closeSurroundings, openSurroundings, type Surroundings, type SurroundingsOverrides } from './surroundings.ts';
import { SimulatedTicketIssuer, type TicketIssuer } from './tickets/issue-tickets.ts';
import type { DocumentFormat, PageSize } from './tickets/rendering/document-form.ts';
import { TicketRenderer } from './tickets/rendering/ticket-renderer.ts';
import { signingKeysOf } from './tickets/signing-keys.ts';
import { ticketDocument } from './tickets/ticket-document.ts';
import { TicketQueries } from './tickets/ticket-queries.ts';
import { ticketUrls } from './tickets/ticket-urls.ts';
import { createWakeUps, openWorker, type WakeUps } from './worker.ts';

/** What a command or a test puts in place of the usual parts. */
export interface Overrides extends SurroundingsOverrides {
  readonly issuer?: TicketIssuer;
  readonly renderer?: TicketRenderer;
}

export type Container = Awaited<ReturnType<typeof createContainer>>;

/** The composition root: builds every part once, from the configuration. Rejects when the database cannot be reached. */
export async function createContainer(config: Config, overrides: Overrides = {}) {
  const surroundings = await openSurroundings(config, overrides);
  const { log, metrics, db, services, database, databaseTrouble, turnedAway } = surroundings;
  const { desksIdle, afterCommit, useCases, ...parts } = createUseCases(config, surroundings);
  const renderer = overrides.renderer ?? new TicketRenderer(log);
  const ticketUseCases = createTicketUseCases(config, surroundings, { ...useCases, renderer });
  const issuer = overrides.issuer ?? new SimulatedTicketIssuer(config.finalization.issuanceDelayMs);
  const expired = (bookings: readonly Booking[]) => afterCommit.expired(bookings);
  const worker = await openWorker(config, surroundings, { ...useCases, ...ticketUseCases, ...parts, issuer, expired });
  const authenticator = createAuthenticator(config.auth, log, surroundings.now);
  const liveUpdates = new LiveUpdates(db, services.pubsub, databaseTrouble, {
    onDropped: () => metrics.updatesDropped.inc(),
  });

  return {
    config,
    log,
    metrics,
    db,
    services,
    writeCheck: surroundings.writeCheck,
    failures: new RequestFailures({ log, database, databaseTrouble, turnedAway }),
    authenticator,
    liveUpdates,
    ...useCases,
    ...ticketUseCases,

    /** From now on this process finalizes bookings, cancels those of cancelled events, ends holds, and sends mails. */
    startWorker: () => worker.start(),

    /** Takes up no more of them, and lets those that it is at end. */
    stopWorker: () => worker.stop(),

    /** Answers what is in flight, lets running jobs end, and gives everything back. */
    async close(): Promise<void> {
      await Promise.all([desksIdle(), ticketUseCases.doorsIdle()]);
      await afterCommit.idle();
      await worker.stop();
      liveUpdates.close();
      authenticator.close();
      await renderer.close();
      await closeSurroundings(surroundings);
    },
  };
}

function createUseCases(config: Config, surroundings: Surroundings) {
  const { db, log, metrics, now, services, database, databaseTrouble, turnedAway } = surroundings;
  const mails = config.mail !== null;
  const wakeUps = createWakeUps(surroundings);
  const announceUpdates = createAnnounce(services.pubsub, log);
  const announce = mails ? announcingMails(wakeUps.mails, announceUpdates) : announceUpdates;
  const afterCommit = new AfterCommit({ queue: services.queue, announce, metrics, log });
  const desks = createEventDesks({
    db,
    lock: services.lock,
    limits: config.booking,
    trouble: databaseTrouble,
    now,
    committed: (bookings) => afterCommit.made(bookings),
    expired: (bookings) => afterCommit.expired(bookings),
  });
  const booking = {
    desks,
    onBusy: () => turnedAway.count('busy'),
    onFailure: () => database.cost('bookings'),
  };
  const bookings = new BookingQueries(db);
  const { confirmationsIdle, ...holdUseCases } = createHoldUseCases(config, surroundings, afterCommit);
  const eventUseCases = createEventUseCases(surroundings, wakeUps);
  const useCases = {
    ...eventUseCases,
    ...holdUseCases,
    bookings,
    downloads: new BookingDownloads(bookings),
    tickets: new TicketQueries(db),
    bookTicket: (input: BookTicketInput) =>
      countOutcome(
        metrics.bookingRequests,
        { operation: input.holdSeconds == null ? 'book' : 'hold' },
        bookTicket(booking, input),
      ),
    /** @param requiredOwner the user it must belong to; null: anybody's */
    cancelBooking: (id: number | null, requiredOwner: string | null = null) =>
      cancelBooking({ db, announce, now, mails }, id, requiredOwner),
    ...createReports(surroundings, eventUseCases.events),
  };
  const desksIdle = () => Promise.all([desks.idle(), confirmationsIdle()]);
  return { announce, wakeUps, afterCommit, desksIdle, useCases };
}

/** Of holds, once they are made. */
function createHoldUseCases({ booking }: Config, { db, now, metrics }: Surroundings, afterCommit: AfterCommit) {
  const holds = {
    db,
    now,
    changed: (bookings: readonly Booking[]) => afterCommit.tell(bookings),
    expired: (bookings: readonly Booking[]) => afterCommit.expired(bookings),
  };
  const desks = createConfirmationDesks(holds, {
    maxWaiting: booking.maxWaitingPerEvent,
    maxGroupSize: booking.maxGroupSize,
  });
  const counted = (operation: 'confirm' | 'extend', outcome: Promise<BookingOutcome>) =>
    countOutcome(metrics.bookingRequests, { operation }, outcome);
  return {
    /** @param requiredOwner the user it must belong to; null: anybody's */
    confirmBooking: (id: number | null, input: ConfirmBookingInput, requiredOwner: string | null = null) =>
      counted('confirm', confirmBooking({ db, desks }, id, input, requiredOwner)),
    /** @param requiredOwner as above */
    extendHold: (id: number | null, holdSeconds: number, requiredOwner: string | null = null) =>
      counted('extend', extendHold(holds, id, holdSeconds, requiredOwner)),
    confirmationsIdle: () => desks.idle(),
  };
}

function createEventUseCases({ db, now, services, log }: Surroundings, { cancellations }: WakeUps) {
  const changed = createAnnounceNumbers(services.pubsub, log);
  const cancelled = () => cancellations.send();
  return {
    events: new EventQueries(db),
    createEvent: (input: CreateEventInput) => createEvent({ db, now }, input),
    updateEvent: (id: number | null, expectedVersion: number, input: UpdateEventInput) =>
      updateEvent({ db, changed }, id, expectedVersion, input),
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
function createTicketUseCases({ publicUrl, tickets }: Config, surroundings: Surroundings, parts: TicketParts) {
  const { db, now, services, log, metrics } = surroundings;
  const announceNumbers = createAnnounceNumbers(services.pubsub, log);
  const signingKeys = signingKeysOf({ db, now, configured: tickets.signingKeys });
  return {
    ...createDoor({ db, now, announceNumbers, signingKeys, metrics }),
    signingKeys,
    ticketUrls: (code: string) => ticketUrls(publicUrl, code),
    ticketDocument: (code: string, format: DocumentFormat, size?: PageSize) =>
      ticketDocument({ ...parts, signingKeys }, code, format, size),
  };
}
