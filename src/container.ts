import { createAuthenticator } from './auth/authenticator.ts';
import { AfterCommit } from './bookings/after-commit.ts';
import { type BookTicketInput, bookTicket } from './bookings/book-ticket.ts';
import { BookingDownloads } from './bookings/booking-downloads.ts';
import { BookingQueries } from './bookings/booking-queries.ts';
import { cancelBooking } from './bookings/cancel-booking.ts';
import { createEventDesks } from './bookings/event-desk.ts';
import { LiveUpdates } from './bookings/live/live-updates.ts';
import { createAnnounce, createAnnounceNumbers } from './bookings/live/update-hints.ts';
import type { Config } from './config.ts';
import { createDoor } from './door/door.ts';
import { type CreateEventInput, createEvent } from './events/create-event.ts';
import { EventQueries } from './events/event-queries.ts';
import { createFinalization } from './finalization/finalization.ts';
import { RequestFailures } from './http/request-failures.ts';
import { overallReport } from './reports/overall-report.ts';
import { closeSurroundings, openSurroundings, type Surroundings, type SurroundingsOverrides } from './surroundings.ts';
import { SimulatedTicketIssuer, type TicketIssuer } from './tickets/issue-tickets.ts';
import type { DocumentFormat } from './tickets/rendering/document-form.ts';
import { TicketRenderer } from './tickets/rendering/ticket-renderer.ts';
import { signingKeysOf } from './tickets/signing-keys.ts';
import { ticketDocument } from './tickets/ticket-document.ts';
import { TicketQueries } from './tickets/ticket-queries.ts';
import { ticketUrls } from './tickets/ticket-urls.ts';

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
  const { desks, afterCommit, useCases, announce } = createUseCases(config, surroundings);
  const renderer = overrides.renderer ?? new TicketRenderer(log);
  const ticketUseCases = createTicketUseCases(config, surroundings, { ...useCases, renderer });
  const issuer = overrides.issuer ?? new SimulatedTicketIssuer(config.finalization.issuanceDelayMs);
  const finalization = openFinalization(config, surroundings, { issuer, announce });
  const authenticator = createAuthenticator(config.auth, log, surroundings.now);
  const liveUpdates = new LiveUpdates(db, services.pubsub, databaseTrouble);

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

    /** Finalizes bookings in this process from now on. */
    startWorker: () => finalization.start(),

    /** Takes no more bookings to finalize, and lets those that it is at end. */
    stopWorker: () => finalization.stop(),

    /** Answers what is in flight, lets running jobs end, and gives everything back. */
    async close(): Promise<void> {
      await Promise.all([desks.idle(), ticketUseCases.doorsIdle()]);
      await afterCommit.idle();
      await finalization.stop();
      liveUpdates.close();
      authenticator.close();
      await renderer.close();
      await closeSurroundings(surroundings);
    },
  };
}

function createUseCases(config: Config, surroundings: Surroundings) {
  const { db, log, metrics, now, services, database, databaseTrouble, turnedAway } = surroundings;
  const announce = createAnnounce(services.pubsub, log);
  const afterCommit = new AfterCommit({ queue: services.queue, announce, metrics, log });
  const desks = createEventDesks({
    db,
    lock: services.lock,
    limits: config.booking,
    trouble: databaseTrouble,
    now,
    committed: (bookings) => afterCommit.tell(bookings),
  });
  const booking = {
    desks,
    onBusy: () => turnedAway.count('busy'),
    onFailure: () => database.cost('bookings'),
  };
  const bookings = new BookingQueries(db);
  const useCases = {
    events: new EventQueries(db),
    bookings,
    downloads: new BookingDownloads(bookings),
    tickets: new TicketQueries(db),
    createEvent: (input: CreateEventInput) => createEvent({ db, now }, input),
    bookTicket: (input: BookTicketInput) => bookTicket(booking, input),
    /** @param requiredOwner the user it must belong to; null: anybody's */
    cancelBooking: (id: number | null, requiredOwner: string | null = null) =>
      cancelBooking({ db, announce, now }, id, requiredOwner),
    report: () => overallReport(db),
  };
  return { announce, afterCommit, desks, useCases };
}

function openFinalization(
  config: Config,
  surroundings: Surroundings,
  parts: Pick<Parameters<typeof createFinalization>[0], 'issuer' | 'announce'>,
) {
  const { services, database } = surroundings;
  return createFinalization({
    ...config.finalization,
    ...surroundings,
    ...parts,
    queue: services.queue,
    onRefused: () => database.cost('finalizations'),
  });
}

type TicketParts = Omit<Parameters<typeof ticketDocument>[0], 'signingKeys'>;

/** Of tickets as people hold them, and as they show them at the door. */
function createTicketUseCases({ publicUrl, tickets }: Config, surroundings: Surroundings, parts: TicketParts) {
  const { db, now, services, log } = surroundings;
  const announceNumbers = createAnnounceNumbers(services.pubsub, log);
  const signingKeys = signingKeysOf({ db, now, configured: tickets.signingKeys });
  return {
    ...createDoor({ db, now, announceNumbers, signingKeys }),
    signingKeys,
    ticketUrls: (code: string) => ticketUrls(publicUrl, code),
    ticketDocument: (code: string, format: DocumentFormat) => ticketDocument({ ...parts, signingKeys }, code, format),
  };
}
