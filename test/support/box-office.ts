import type { FastifyInstance } from 'fastify';
import { createServer } from '../../src/api/server.ts';
import { verify } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer, type Overrides } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { createSetup, type Setup } from './setups.ts';

export interface BoxOffice {
  readonly container: Container;
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly websocketUrl: string;
  readonly server: FastifyInstance;
  /** Checks the promises over the whole database, then ends everything; rejects when one is broken. */
  close(): Promise<void>;
}

export interface BoxOfficeOptions {
  /** Added to the environment of the setup. */
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: Overrides;
  /** Finalize bookings in this process as well; true by default. */
  readonly worker?: boolean;
  readonly redisUrl?: string;
}

/** A whole box office inside the test's process: API and, unless told otherwise, worker. */
export async function openBoxOffice(setup: Setup, options: BoxOfficeOptions = {}): Promise<BoxOffice> {
  const { env, remove } = await createSetup(setup, options);
  // The PostgreSQL of the tests has settings that are warned of.
  const database = { onWarning: () => undefined, ...options.overrides?.database };
  const container = await createContainer(readConfig({ ...env, ...options.env }), { ...options.overrides, database });
  await migrate(container.db);
  const server = await createServer(container);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  if (options.worker !== false) container.startWorker();
  return {
    container,
    url,
    websocketUrl: `${url.replace('http', 'ws')}/graphql`,
    server,
    close: async () => {
      const broken = await verify(container.db);
      await server.close();
      await container.close();
      await remove();
      if (broken.length > 0) throw new Error(`broken promises: ${JSON.stringify(broken)}`);
    },
  };
}

/** A box office as two processes, each an API and a worker, inside the test's own; embedded, it is one. */
export interface TwoProcesses {
  readonly office: BoxOffice;
  /** Those that take turns. */
  at(n: number): Container;
  /** As `BoxOffice.close`. */
  close(): Promise<void>;
}

export async function openTwoProcesses(setup: Setup): Promise<TwoProcesses> {
  const office = await openBoxOffice(setup);
  const processes = [office.container];
  if (setup !== 'embedded') {
    const other = await openAnotherProcess(office);
    other.startWorker();
    processes.push(other);
  }
  return {
    office,
    at: (n) => processes[n % processes.length] as Container,
    close: async () => {
      for (const other of processes.slice(1)) await other.close();
      await office.close();
    },
  };
}

/** Another API over the database and the Redis of `office`. Whoever opens one closes it, before the office. */
export function openAnotherProcess({ container: { config } }: BoxOffice): Promise<Container> {
  return createContainer(config, { database: { onWarning: () => undefined } });
}
