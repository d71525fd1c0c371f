import { createAuthenticator } from './auth/authenticator.ts';
import { AfterCommit } from './bookings/after-commit.ts';
import { type BookTicketInput, bookTicket } from './bookings/book-ticket.ts';
import { BookingQueries } from './bookings/booking-queries.ts';
import { cancelBooking } from './bookings/cancel-booking.ts';
import { createEventDesks } from './bookings/event-desk.ts';
import { FINALIZATION, type FinalizationJob } from './bookings/finalization-job.ts';
import { LiveUpdates } from './bookings/live/live-updates.ts';
import { createAnnounce, createAnnounceNumbers } from './bookings/live/update-hints.ts';
import type { Config } from './config.ts';
import { createDoor } from './door/door.ts';
import { type CreateEventInput, createEvent } from './events/create-event.ts';
import { EventQueries } from './events/event-queries.ts';
import { createFinalization } from './finalization/finalization.ts';
import { RequestFailures } from './http/request-failures.ts';
import type { ConnectOptions } from './platform/connect-options.ts';
import { type Failpoints, noFailpoints } from './platform/connect-options.ts';
import { localServices } from './platform/local/local-services.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { createMetrics, type Metrics, showSizeOfLog } from './platform/metrics.ts';
import { RepeatedTrouble } from './platform/repeated-trouble.ts';
import type { Services } from './platform/services.ts';
import { TurnedAway } from './platform/turned-away.ts';
import { overallReport } from './reports/overall-report.ts';
import { SimulatedTicketIssuer, type TicketIssuer } from './tickets/issue-tickets.ts';
import type { DocumentFormat } from './tickets/rendering/document-form.ts';
import { TicketRenderer } from './tickets/rendering/ticket-renderer.ts';
import { signingKeysOf } from './tickets/signing-keys.ts';
import { ticketDocument } from './tickets/ticket-document.ts';
import { TicketQueries } from './tickets/ticket-queries.ts';
import { ticketUrls } from './tickets/ticket-urls.ts';
import { openWatchedDatabase } from './watched-database.ts';

/** What a command or a test puts in place of the usual parts. */
export interface Overrides {
  readonly database?: ConnectOptions;
  readonly failpoints?: Failpoints;
  readonly services?: Partial<Services<FinalizationJob>>;
  readonly issuer?: TicketIssuer;
  readonly renderer?: TicketRenderer;
  readonly log?: Logger;
  readonly now?: () => Date;
}

export type Container = Awaited<ReturnType<typeof createContainer>>;

/** The composition root: builds every part once, from the configuration. Rejects when the database cannot be reached. */
export async function createContainer(config: Config, overrides: Overrides = {}) {
  const surroundings = await openSurroundings(config, overrides);
  const { log, metrics, db, services, database, databaseTrouble, turnedAway } = surroundings;
  const { desks, afterCommit, useCases, announce } = createUseCases(config, surroundings);
  const renderer = overrides.renderer ?? new TicketRenderer(log);
  const ticketUseCases = createTicketUseCases(config, surroundings, { ...useCases, renderer });
  const authenticator = createAuthenticator(config.auth, log, surroundings.now);
  const liveUpdates = new LiveUpdates(db, services.pubsub, databaseTrouble);
  const finalization = createFinalization({
    ...config.finalization,
    ...surroundings,
    issuer: overrides.issuer ?? new SimulatedTicketIssuer(config.finalization.issuanceDelayMs),
    queue: services.queue,
    announce,
    onRefused: () => database.cost('finalizations'),
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

type Surroundings = Awaited<ReturnType<typeof openSurroundings>>;

/** What the box office stands on: its log, its database and its services, and who tells of their troubles. */
async function openSurroundings(config: Config, overrides: Overrides) {
  const log = overrides.log ?? createLogger(config.logLevel);
  const metrics = createMetrics();
  const { writeCheck, database } = await openWatchedDatabase(config.database, log, {
    ...overrides.database,
    failpoints: overrides.failpoints ?? noFailpoints,
  });
  if (config.database.kind === 'sqlite') showSizeOfLog(metrics, config.database.file);
  const services: Services<FinalizationJob> = {
    ...(await connectServices(config, log, metrics)),
    ...overrides.services,
  };
  return {
    log,
    now: overrides.now ?? (() => new Date()),
    metrics,
    db: writeCheck.watched(),
    writeCheck,
    database,
    services,
    trouble: new RepeatedTrouble(log),
    databaseTrouble: new RepeatedTrouble(log, database),
    turnedAway: new TurnedAway(log),
  };
}

/** Loads the code for Redis only where there is one: it is a fifth of the start. */
async function connectServices(config: Config, log: Logger, metrics: Metrics): Promise<Services<FinalizationJob>> {
  if (!config.redis) return localServices<FinalizationJob>(config.finalization);
  const { redisServices } = await import('./platform/redis/redis-services.ts');
  return redisServices(config.redis, { jobs: FINALIZATION, limits: config.finalization, log, metrics });
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
  const useCases = {
    events: new EventQueries(db),
    bookings: new BookingQueries(db),
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

async function closeSurroundings({ db, database, services, turnedAway }: Surroundings): Promise<void> {
  await Promise.all([services.pubsub.close(), services.lock.close()]);
  await db.close();
  for (const dependency of [database, ...services.dependencies]) dependency.close();
  turnedAway.tell();
}
