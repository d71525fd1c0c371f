import { randomBytes } from 'node:crypto';
import { eventually } from '../../test/support/eventually.ts';
import { createEvent } from '../../test/support/graphql-client.ts';
import { warmUp } from '../load/autocannon.ts';
import { bodiesFor, GRAPHQL } from '../load/booking-requests.ts';
import { BenchProcess, runCommand } from './bench-process.ts';
import { createDatabase, type Database } from './database.ts';
import type { Services } from './services.ts';

/** The three ways to run. */
export const SETUPS = ['embedded', 'SQLite + Redis', 'PostgreSQL + Redis'] as const;
export type Setup = (typeof SETUPS)[number];

export interface InstallationOptions {
  /** Its processes with Redis; both by default. Embedded it is one process that does all. */
  readonly roles?: readonly ('api' | 'worker')[];
  /** Added to the environment of its processes. */
  readonly env?: Readonly<Record<string, string>>;
  /** One that is there already. */
  readonly database?: Database;
}

const drainTimeoutMs = 180_000;

/** A box office as it is installed: its database and its processes. */
export class Installation {
  readonly setup: Setup;
  readonly database: Database;
  readonly env: Readonly<Record<string, string>>;
  api: BenchProcess | null = null;
  worker: BenchProcess | null = null;

  private constructor(setup: Setup, database: Database, env: Readonly<Record<string, string>>) {
    this.setup = setup;
    this.database = database;
    this.env = env;
  }

  static async open(setup: Setup, services: Services, options: InstallationOptions = {}): Promise<Installation> {
    const { roles = ['api', 'worker'] } = options;
    const kind = setup === 'PostgreSQL + Redis' ? 'postgresql' : 'sqlite';
    const database = options.database ?? (await createDatabase(kind, services));
    const redis = setup === 'embedded' ? null : await services.redis();
    const env = {
      DATABASE_URL: database.url,
      ...options.env,
      ...(redis && { REDIS_URL: redis.url, REDIS_PREFIX: `bench-${randomBytes(4).toString('hex')}` }),
    };
    const installation = new Installation(setup, database, env);
    try {
      await runCommand('migrate', database.url);
      if (!redis || roles.includes('api')) installation.api = await installation.#start(redis ? 'api' : 'serve');
      if (redis && roles.includes('worker')) await installation.startWorker();
      return installation;
    } catch (error) {
      await Promise.allSettled(installation.#processes().map((running) => running.stop()));
      await database.remove();
      throw error;
    }
  }

  async startWorker(): Promise<void> {
    this.worker = await this.#start('worker');
  }

  async stopWorker(): Promise<void> {
    await this.worker?.stop();
    this.worker = null;
  }

  get url(): string {
    return (this.api as BenchProcess).url;
  }

  /** Places booked, over all events. */
  booked(): Promise<number> {
    return this.#sum('booked_count');
  }

  /** Places finalized, over all events. */
  finalized(): Promise<number> {
    return this.#sum('finalized_count');
  }

  async #sum(column: string): Promise<number> {
    const [row] = await this.database.query<{ places: unknown }>(`select sum(${column}) as places from events`);
    return Number(row?.places ?? 0);
  }

  /** Resolves when every booking is final: what one measurement left behind must not burden the next. */
  async drained(): Promise<void> {
    const pending = async () => {
      this.assertRunning();
      const places = (await this.booked()) - (await this.finalized());
      if (places > 0) throw new Error(`${this.setup}: ${places} places are still pending`);
    };
    await eventually(pending, { timeoutMs: drainTimeoutMs, intervalMs: 50 });
  }

  assertRunning(): void {
    for (const running of this.#processes()) running.assertRunning();
  }

  /** Stops the processes and deletes the database. @throws what `boxoffice verify` finds broken */
  async close(): Promise<void> {
    try {
      await allSettled(this.#processes().map((running) => running.stop()));
      await runCommand('verify', this.database.url);
    } finally {
      await this.database.remove();
    }
  }

  #start(role: 'serve' | 'api' | 'worker'): Promise<BenchProcess> {
    return BenchProcess.start([role], this.env);
  }

  #processes(): BenchProcess[] {
    return [this.api, this.worker].filter((running) => running !== null);
  }
}

/** Waits for all of them, also when one fails, so that nothing goes on unwatched. @throws the first failure */
export async function allSettled(tasks: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(tasks);
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** @returns the id of an event that is never sold out */
export async function createEndlessEvent(url: string, headers: Record<string, string> = {}): Promise<number> {
  return Number(await createEvent(url, { capacity: 2_000_000_000 }, headers));
}

/** Closes whatever `work` has opened, whatever happens: each closing verifies its database. */
export async function closingAll<T>(work: (opened: Installation[]) => Promise<T>): Promise<T> {
  const opened: Installation[] = [];
  // All of them, also when one is found broken.
  const close = () => allSettled(opened.map((installation) => installation.close()));
  const result = await work(opened).catch(async (error: unknown) => {
    await close().catch(() => undefined);
    throw error;
  });
  await close();
  return result;
}

/** The three setups, warm. */
export function withInstallations<T>(
  services: Services,
  options: InstallationOptions,
  work: (installations: readonly Installation[]) => Promise<T>,
  setups: readonly Setup[] = SETUPS,
): Promise<T> {
  return closingAll(async (opened) => {
    await allSettled(setups.map(async (setup) => opened.push(await Installation.open(setup, services, options))));
    const inOrder = setups.flatMap((setup) => opened.filter((installation) => installation.setup === setup));
    for (const installation of inOrder) await bookUntilWarm(installation);
    return work(inOrder);
  });
}

async function bookUntilWarm(installation: Installation): Promise<void> {
  if (installation.api === null) return;
  const { url } = installation;
  await warmUp(url + GRAPHQL.path, bodiesFor(GRAPHQL, [await createEndlessEvent(url)]));
  await installation.drained();
}
