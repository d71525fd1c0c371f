import { checkIntegrity } from '../../src/audit/integrity.ts';
import { verify } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { type BoxOfficeProcess, type ProcessOptions, startBoxOffice } from './boxoffice-process.ts';
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
