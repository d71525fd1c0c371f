import { createAuthenticator } from './auth/authenticator.ts';
import { AfterCommit } from './bookings/after-commit.ts';
import { type BookTicketInput, bookTicket } from './bookings/book-ticket.ts';
import { BookingQueries } from './bookings/booking-queries.ts';
import { cancelBooking } from './bookings/cancel-booking.ts';
import { createEventDesks } from './bookings/event-desk.ts';
import { FINALIZATION, type FinalizationJob } from './bookings/finalization-job.ts';
import { LiveUpdates } from './bookings/live/live-updates.ts';
import { createAnnounce } from './bookings/live/update-hints.ts';
import type { Config } from './config.ts';
import { type CreateEventInput, createEvent } from './events/create-event.ts';
import { EventQueries } from './events/event-queries.ts';
import { createFinalization } from './finalization/finalization.ts';
import { RequestFailures } from './http/request-failures.ts';
import type { ConnectOptions } from './platform/connect-options.ts';
import { type Failpoints, noFailpoints } from './platform/failpoints.ts';
import { localServices } from './platform/local/local-services.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { createMetrics, showSizeOfLog } from './platform/metrics.ts';
import type { redisServices } from './platform/redis/redis-services.ts';
import { RepeatedTrouble } from './platform/repeated-trouble.ts';
import type { Services } from './platform/services.ts';
import { TurnedAway } from './platform/turned-away.ts';
import { overallReport } from './reports/overall-report.ts';
import { SimulatedTicketIssuer, type TicketIssuer } from './tickets/ticket-issuer.ts';
import { TicketQueries } from './tickets/ticket-queries.ts';
import { openWatchedDatabase } from './watched-database.ts';

/** What a command or a test puts in place of the usual parts. */
export interface Overrides {
  readonly database?: ConnectOptions;
  readonly failpoints?: Failpoints;
  readonly services?: Partial<Services<FinalizationJob>>;
  readonly issuer?: TicketIssuer;
  readonly log?: Logger;
  readonly now?: () => Date;
}

export type Container = Awaited<ReturnType<typeof createContainer>>;

/** Loads the code for Redis only where there is one: it is a fifth of the start. */
async function connectServices(
  ...parts: Parameters<typeof redisServices<FinalizationJob>>
): Promise<Services<FinalizationJob>> {
  const { redisServices } = await import('./platform/redis/redis-services.ts');
  return redisServices<FinalizationJob>(...parts);
}

/** The composition root: builds every part once, from the configuration. Rejects when the database cannot be reached. */
export async function createContainer(config: Config, overrides: Overrides = {}) {
  const log = overrides.log ?? createLogger(config.logLevel);
  const now = overrides.now ?? (() => new Date());
  const metrics = createMetrics();
  const { writeCheck, database } = await openWatchedDatabase(config.database, log, {
    ...overrides.database,
    failpoints: overrides.failpoints ?? noFailpoints,
  });
  const db = writeCheck.watched();
  if (config.database.kind === 'sqlite') showSizeOfLog(metrics, config.database.file);
  const adapters = config.redis
    ? await connectServices(config.redis, FINALIZATION, config.finalization, log, metrics)
    : localServices<FinalizationJob>(config.finalization);
  const services: Services<FinalizationJob> = { ...adapters, ...overrides.services };
  const { lock, queue, pubsub } = services;
  const trouble = new RepeatedTrouble(log);
  const databaseTrouble = new RepeatedTrouble(log, database);
  const turnedAway = new TurnedAway(log);

  const announce = createAnnounce(pubsub, log);
  const afterCommit = new AfterCommit({ queue, announce, metrics, log });
  const desks = createEventDesks({
    db,
    lock,
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
  const authenticator = createAuthenticator(config.auth, log, now);
  const liveUpdates = new LiveUpdates(db, pubsub, databaseTrouble);
  const issuer = overrides.issuer ?? new SimulatedTicketIssuer(config.finalization.issuanceDelayMs);
  const finalization = createFinalization({
    ...config.finalization,
    db,
    issuer,
    queue,
    announce,
    metrics,
    now,
    trouble,
    databaseTrouble,
    onRefused: () => database.cost('finalizations'),
  });

  return {
    config,
    log,
    metrics,
    db,
    writeCheck,
    services,
    failures: new RequestFailures({ log, database, databaseTrouble, turnedAway }),
    authenticator,
    liveUpdates,
    events: new EventQueries(db),
    bookings: new BookingQueries(db),
    tickets: new TicketQueries(db),
    createEvent: (input: CreateEventInput) => createEvent({ db, now }, input),
    bookTicket: (input: BookTicketInput) => bookTicket(booking, input),
    /** @param onlyOf the user it must belong to; null: anybody's */
    cancelBooking: (id: number | null, onlyOf: string | null = null) =>
      cancelBooking({ db, announce, now }, id, onlyOf),
    report: () => overallReport(db),

    /** Finalizes bookings in this process from now on. */
    startWorker: () => finalization.start(),

    /** Takes no more bookings to finalize, and lets those that it is at end. */
    stopWorker: () => finalization.stop(),

    /** Answers what is in flight, lets running jobs end, and gives everything back. */
    async close(): Promise<void> {
      await desks.idle();
      await afterCommit.idle();
      await finalization.stop();
      liveUpdates.close();
      authenticator.close();
      await Promise.all([pubsub.close(), lock.close()]);
      await db.close();
      for (const dependency of [database, ...services.dependencies]) dependency.close();
      turnedAway.tell();
    },
  };
}
