import { checkIntegrity } from '../../src/audit/integrity.ts';
import { verify } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { type BoxOfficeProcess, type ProcessOptions, startBoxOffice } from './boxoffice-process.ts';
import { eventually } from './eventually.ts';
import { graphqlData } from './graphql-client.ts';
import { createSetup, type Setup } from './setups.ts';

type Role = 'serve' | 'api' | 'worker';

/** Several `boxoffice` processes over one database. Each migrates it at its start if need be. */
export class Fleet {
  readonly env: Readonly<Record<string, string>>;
  readonly processes: BoxOfficeProcess[] = [];
  /** Deletes the database. */
  readonly remove: () => Promise<void>;

  constructor(env: Readonly<Record<string, string>>, remove: () => Promise<void>) {
    this.env = env;
    this.remove = remove;
  }

  async start(
    role: Role,
    env: Readonly<Record<string, string>> = {},
    options: ProcessOptions = {},
  ): Promise<BoxOfficeProcess> {
    const started = await startBoxOffice(role, { ...this.env, ...env }, { ...options, args: ['--migrate'] });
    this.processes.push(started);
    return started;
  }

  /** As `boxoffice verify` does, without the start of a process. Rejects when a promise is broken. */
  async verify(): Promise<void> {
    const db = await openDatabase(readConfig(this.env).database, { patient: true, mustExist: true });
    try {
      const findings = [...(await checkIntegrity(db, { thorough: false })), ...(await verify(db))];
      if (findings.length > 0) throw new Error(`broken: ${JSON.stringify(findings)}`);
    } finally {
      await db.close();
    }
  }

  /** Verifies, ends every process that still runs, and deletes the database. */
  async close(): Promise<void> {
    try {
      await this.verify();
    } finally {
      const running = this.processes.filter(({ exit }) => exit === null);
      await Promise.all(running.map((left) => left.kill()));
      await this.remove();
    }
  }
}

export async function openFleet(setup: Setup, options: { redisUrl?: string } = {}): Promise<Fleet> {
  const { env, remove } = await createSetup(setup, options);
  return new Fleet(env, remove);
}

export interface Stats {
  readonly capacity: number;
  readonly bookedCount: number;
  readonly availableCount: number;
  readonly pendingCount: number;
  readonly finalizedCount: number;
}

export async function statsOf(url: string, eventId: string): Promise<Stats> {
  const query = `query ($eventId: ID!) {
    eventStats(eventId: $eventId) { capacity bookedCount availableCount pendingCount finalizedCount } }`;
  return (await graphqlData<{ eventStats: Stats }>(url, query, { eventId })).eventStats;
}

/** @returns the numbers once every booked place is finalized */
export function allFinalized(url: string, eventId: string, timeoutMs = 30_000): Promise<Stats> {
  return eventually(
    async () => {
      const stats = await statsOf(url, eventId);
      if (stats.pendingCount > 0 || stats.finalizedCount !== stats.bookedCount) throw new Error(JSON.stringify(stats));
      return stats;
    },
    { timeoutMs, intervalMs: 100 },
  );
}

export interface StoredBooking {
  readonly id: string;
  readonly reference: string;
  readonly userId: string;
  readonly quantity: number;
  readonly status: string;
}

/** Every booking of the event, as the API tells it, by its id. */
export async function bookingsOf(url: string, eventId: string): Promise<Map<string, StoredBooking>> {
  const query = `query ($eventId: ID!, $after: String) { bookings(eventId: $eventId, first: 100, after: $after) {
    edges { node { id reference userId quantity status } } pageInfo { hasNextPage endCursor } } }`;
  const found = new Map<string, StoredBooking>();
  for (let after: string | null = null, more = true; more; ) {
    const { bookings }: BookingsPage = await graphqlData<BookingsPage>(url, query, { eventId, after });
    for (const { node } of bookings.edges) found.set(node.id, node);
    after = bookings.pageInfo.endCursor;
    more = bookings.pageInfo.hasNextPage;
  }
  return found;
}

interface BookingsPage {
  bookings: { edges: { node: StoredBooking }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}
