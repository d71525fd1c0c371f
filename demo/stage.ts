import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoxOfficeProcess, type CommandResult, runCommand } from '../test/support/boxoffice-process.ts';
import type { SetupName } from './options.ts';

/** A box office for the time of the demo. */
export interface Stage {
  readonly url: string;
  /** `boxoffice verify`, over all that happened. */
  verify(): Promise<CommandResult>;
  /** Ends its processes, and removes what was theirs alone. */
  close(): Promise<void>;
}

const USUAL_PORT = 8000;
const REDIS_URL = 'redis://127.0.0.1:6379';
const DATABASE_URL = 'postgresql://boxoffice:boxoffice@127.0.0.1:5432/boxoffice';
const VERIFY_TIMEOUT_MS = 60_000;

/** All buyers come from one address, which nobody does elsewhere. */
const ONE_ADDRESS = {
  ADDRESS_MAX_CONNECTIONS: '0',
  ADDRESS_MAX_SOCKETS: '0',
  WATCHER_MAX_SOCKETS: '0',
  WATCHER_MAX_SUBSCRIPTIONS: '0',
};

/** @param env where Redis and PostgreSQL are, when the setup has them: `REDIS_URL` with `REDIS_PREFIX`, `DATABASE_URL` */
export async function openStage(setup: SetupName, env: NodeJS.ProcessEnv): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'boxoffice-demo-'));
  const sqlite = `sqlite:${join(folder, 'demo.db')}`;
  const environment = {
    ...ONE_ADDRESS,
    AUTH_MODE: 'off',
    LOG_LEVEL: 'info',
    DATABASE_URL: setup === 'postgresql' ? env['DATABASE_URL'] || DATABASE_URL : sqlite,
    ...(setup === 'embedded'
      ? {}
      : { REDIS_URL: env['REDIS_URL'] || REDIS_URL, REDIS_PREFIX: env['REDIS_PREFIX'] ?? '' }),
  };
  const processes: BoxOfficeProcess[] = [];
  const start = async (role: string, port: string) => {
    const started = new BoxOfficeProcess([role, '--migrate'], { ...environment, PORT: port }, { cwd: folder });
    processes.push(started);
    return started.ready();
  };
  const close = async () => {
    await Promise.all(processes.map((one) => (one.exit ? undefined : one.stop())));
    await rm(folder, { recursive: true });
  };
  try {
    const api = await start(setup === 'embedded' ? 'serve' : 'api', `${await portToListenOn()}`);
    if (setup !== 'embedded') await start('worker', '0');
    const verify = () =>
      runCommand(['verify'], { DATABASE_URL: environment.DATABASE_URL }, { timeoutMs: VERIFY_TIMEOUT_MS, cwd: folder });
    return { url: api.url, verify, close };
  } catch (error) {
    const said = processes.map(({ stderr }) => stderr).join('');
    await close();
    throw said ? new Error(said.trim(), { cause: error }) : error;
  }
}

/** The usual port when it is free; else 0: any. */
function portToListenOn(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(USUAL_PORT, '127.0.0.1', () => probe.close(() => resolve(USUAL_PORT)));
  });
}
