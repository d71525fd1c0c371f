import type { StoredBooking } from '../support/booking-promises.ts';
import { type CommandResult, runCommand } from '../support/boxoffice-process.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { type AppRole, createAppRole, queryDatabase } from '../support/query-database.ts';
import { type RedisServer, startRedisServer, withRedis } from '../support/redis-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { freePort } from '../support/services/server-process.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import type { EntryStatus } from './history.ts';
import { MAIL_ENV, type PostOffice } from './post-office.ts';
import { APIS, type ProcessName, type Service, type Setup, WORKERS, type WorkerName } from './schedule.ts';
import { SupervisedProcess } from './supervised-process.ts';

const ISSUANCE_DELAY_MS = '20';
const COMMAND_TIMEOUT_MS = 300_000;
/** That of REDIS_PREFIX by default. */
const QUEUE_KEYS = 'boxoffice:finalization:*';

/** Two APIs, two workers, and what they need, each reached through a proxy of its own. */
export class Stage {
  readonly redis: RedisServer;
  readonly mail: PostOffice;
  readonly postgres: PostgresServer | null;
  readonly databaseUrl: string;
  readonly processes = new Map<ProcessName, SupervisedProcess>();
  readonly #links = new Map<string, TcpProxy>();
  readonly #clocks = new Map<WorkerName, FakeClock>();
  /** On PostgreSQL the processes own nothing: what they may do can be taken from them. */
  #role: AppRole | null = null;
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder, redis: RedisServer, postgres: PostgresServer | null, mail: PostOffice) {
    this.#folder = folder;
    this.mail = mail;
    this.redis = redis;
    this.postgres = postgres;
    this.databaseUrl = postgres?.url ?? `sqlite:${folder.path}/boxoffice.db`;
  }

  static async open(setup: Setup, mail: PostOffice): Promise<Stage> {
    const [folder, redis, postgres] = await Promise.all([
      temporaryFolder('chaos'),
      startRedisServer({ args: ['--maxmemory-policy', 'noeviction'] }),
      setup === 'postgresql' ? startPostgresServer() : null,
    ]);
    const stage = new Stage(folder, redis, postgres, mail);
    try {
      const migrated = await stage.run('migrate');
      if (migrated.code !== 0) throw new Error(`boxoffice migrate: ${migrated.stderr}`);
      if (postgres) stage.#role = await createAppRole(stage.databaseUrl);
      for (const worker of WORKERS) stage.#clocks.set(worker, await createFakeClock());
      await Promise.all([...APIS, ...WORKERS].map((name) => stage.#startProcess(name)));
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  process(name: ProcessName): SupervisedProcess {
    return this.processes.get(name) as SupervisedProcess;
  }

  link(process: ProcessName, service: Service): TcpProxy {
    return this.#links.get(`${process} to ${service}`) as TcpProxy;
  }

  clock(worker: WorkerName): FakeClock {
    return this.#clocks.get(worker) as FakeClock;
  }

  /** Deletes this share of the queue's keys that fit. */
  loseQueue(fitting: RegExp, share = 1): Promise<void> {
    return withRedis(this.redis.url, async (redis) => {
      const keys = await redis.keys(QUEUE_KEYS);
      const lost = keys.filter((key) => fitting.test(key) && Math.random() < share);
      if (lost.length > 0) await redis.del(lost);
    });
  }

  async setInsertOfTickets(to: 'grant' | 'revoke'): Promise<void> {
    const whom = `${to === 'grant' ? 'to' : 'from'} ${this.#role?.name}`;
    await queryDatabase(this.databaseUrl, `${to} insert on tickets ${whom}`);
  }

  /** Past every process under test, as all below. */
  bookings(): Promise<BookingRow[]> {
    return queryDatabase(this.databaseUrl, ALL_BOOKINGS);
  }

  events(): Promise<EventRow[]> {
    return queryDatabase(this.databaseUrl, ALL_EVENTS);
  }

  tickets(): Promise<TicketRow[]> {
    return queryDatabase(this.databaseUrl, ALL_TICKETS);
  }

  entries(): Promise<EntryRow[]> {
    return queryDatabase(this.databaseUrl, ALL_ENTRIES);
  }

  /** HELD and PENDING bookings, and cancelled events whose bookings are still to be cancelled. */
  async countUnfinished(): Promise<number> {
    const [row] = await queryDatabase<{ unfinished: number | string }>(this.databaseUrl, UNFINISHED);
    return Number(row?.unfinished);
  }

  async countOwedMails(): Promise<number> {
    const [row] = await queryDatabase<{ owed: number | string }>(this.databaseUrl, OWED_MAILS);
    return Number(row?.owed);
  }

  /** As when those whose workers are dead have ended by themselves, after 90 seconds. */
  async endClaimsOfMails(): Promise<void> {
    await queryDatabase(this.databaseUrl, END_CLAIMS);
  }

  /** Ends some of the connections that the box office has, from PostgreSQL's side. */
  async disconnectSome(): Promise<void> {
    await queryDatabase(this.databaseUrl, DISCONNECT);
  }

  /** A command of `boxoffice` that ends by itself, on the database itself. */
  run(command: 'migrate' | 'verify'): Promise<CommandResult> {
    const options = { cwd: this.#folder.path, timeoutMs: COMMAND_TIMEOUT_MS };
    return runCommand([command], { DATABASE_URL: this.databaseUrl }, options);
  }

  async redisCommand(command: string, ...args: string[]): Promise<void> {
    await withRedis(this.redis.url, (redis) => redis.call(command, ...args));
  }

  /** Ends everything, and deletes it. */
  async close(): Promise<void> {
    await Promise.all([...this.processes.values()].map((running) => running.kill()));
    for (const link of this.#links.values()) await link.close();
    for (const clock of this.#clocks.values()) await clock.remove();
    await Promise.all([this.redis.remove(), this.postgres?.remove()]);
    await this.#folder.remove();
  }

  async #startProcess(name: ProcessName): Promise<void> {
    const redis = await startTcpProxy(this.redis.url);
    this.#links.set(`${name} to redis`, redis);
    const env = {
      DATABASE_URL: this.databaseUrl,
      REDIS_URL: redis.through(this.redis.url),
      ISSUANCE_DELAY_MS,
      ...MAIL_ENV,
      SMTP_URL: this.mail.url,
      ...this.#clocks.get(name as WorkerName)?.env,
    };
    if (this.postgres) {
      const database = await startTcpProxy(this.databaseUrl);
      this.#links.set(`${name} to database`, database);
      env.DATABASE_URL = database.through(this.#role?.url ?? this.databaseUrl);
    }
    const started = new SupervisedProcess(name, await freePort(), this.#folder.path, env);
    this.processes.set(name, started);
    await started.start();
  }
}

export interface BookingRow extends StoredBooking {
  readonly key: string | null;
  readonly version: number;
  readonly email: string | null;
  readonly mailStatus: string | null;
  readonly hold: boolean | number;
  readonly confirmed: boolean | number;
  /** Of the waiting list, whom it was offered to. */
  readonly entryId: string | null;
}

const ALL_BOOKINGS = `select cast(id as varchar) as id, reference, cast(event_id as varchar) as "eventId", user_id as "userId",
  quantity, status, idempotency_key as "key", version, email, mail_status as "mailStatus",
  expires_at is not null as hold, confirmed_at is not null as confirmed,
  cast(waiting_list_entry_id as varchar) as "entryId" from bookings order by bookings.id`;
const UNFINISHED = `select (select count(*) from bookings where status in ('HELD', 'PENDING'))
  + (select count(*) from events where status = 'CANCELLED' and bookings_cancelled_at is null) as unfinished`;

export interface EntryRow {
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  readonly quantity: number;
  readonly status: EntryStatus;
}

const ALL_ENTRIES = `select cast(id as varchar) as id, cast(event_id as varchar) as "eventId", user_id as "userId",
  quantity, status from waiting_list order by waiting_list.id`;

export interface EventRow {
  readonly id: string;
  readonly capacity: number;
  readonly booked: number;
  readonly status: string;
  readonly version: number;
}

const ALL_EVENTS = `select cast(id as varchar) as id, capacity, booked_count as booked, status, edition as version from events`;
export interface TicketRow {
  readonly code: string;
  /** Of the scan that redeemed it; null: none has. */
  readonly deviceId: string | null;
  readonly nonce: string | null;
  readonly bookingStatus: string;
  readonly eventStatus: string;
}

const ALL_TICKETS = `select code, redeemed_by_device as "deviceId", redeemed_nonce as nonce,
  bookings.status as "bookingStatus", events.status as "eventStatus"
  from tickets join bookings on bookings.id = booking_id join events on events.id = event_id`;
const OWED_MAILS = "select count(*) as owed from bookings where mail_status = 'OWED'";
const END_CLAIMS = 'update bookings set mail_due_at = created_at where mail_due_at is not null returning id';
const DISCONNECT = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name like 'boxoffice %' and random() < 0.6`;
