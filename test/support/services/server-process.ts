import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { within } from '../eventually.ts';
import { reapWhenOrphaned, type TemporaryFolder } from './reap-when-orphaned.ts';

interface ServerCommand {
  readonly url: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: TemporaryFolder;
  /** Matches what the server prints once it takes connections. */
  readonly readyOutput: RegExp;
  readonly stopSignal: NodeJS.Signals;
  readonly killSignal: NodeJS.Signals;
  readonly user?: { uid: number; gid: number } | undefined;
}

/** A server of the test's own. */
export interface OwnServer {
  readonly url: string;
  readonly port: number;
  readonly program: string;
  /** Another one after `start`. */
  readonly pid: number;
  /** Ends it in order. Its files stay until `remove` or the end of the test process. */
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Again, on the same port and with the same files. */
  start(): Promise<void>;
  /** Kills it and deletes its files. */
  remove(): Promise<void>;
}

const startTimeoutMs = 30_000;
const endTimeoutMs = 10_000;
const keptOutputChars = 8_000;

/** Resolves when it takes connections. */
export async function startServer(command: ServerCommand): Promise<OwnServer> {
  const { url, program, folder, stopSignal, killSignal } = command;
  let running = await launch(command);
  const server: OwnServer = {
    url,
    program,
    port: Number(new URL(url).port),
    get pid() {
      return running.pid;
    },
    stop: () => {
      running.signal('SIGCONT');
      return running.end(stopSignal);
    },
    kill: () => running.end(killSignal),
    pause: () => running.signal('SIGSTOP'),
    resume: () => running.signal('SIGCONT'),
    start: async () => {
      running = await launch(command);
    },
    remove: async () => {
      await server.kill();
      await folder.remove();
    },
  };
  return server;
}

/** Rejects with what it printed when it does not become ready. */
async function launch({ program, args, folder, readyOutput, killSignal, user }: ServerCommand) {
  const child = spawn(program, args, {
    cwd: folder.path,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  const ended = once(child, 'exit').then(
    ([code, signal]) => `ended (${signal ?? code})`,
    (error: Error) => `could not be started (${error.message})`,
  );
  const outputRead = once(child, 'close').catch(() => {});
  const forget = child.pid === undefined ? () => {} : reapWhenOrphaned({ pid: child.pid, signal: killSignal });
  void ended.then(forget);

  // A server that a test forgot must not keep the test run from ending. While one is waited for,
  // the timer of that wait keeps the process alive.
  child.unref();
  let output = '';
  const ready = new Promise<'ready'>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      (stream as Socket).unref();
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-keptOutputChars);
        if (readyOutput.test(output)) resolve('ready');
      });
    }
  });

  /** After 10 s it sends the kill signal. */
  async function end(signal: NodeJS.Signals): Promise<void> {
    child.kill(signal);
    if ((await within(endTimeoutMs, ended)) !== undefined) return;
    child.kill(killSignal);
    if ((await within(endTimeoutMs, ended)) === undefined) throw new Error(`${program} (${child.pid}) does not end`);
  }

  const outcome = await within(startTimeoutMs, Promise.race([ready, ended]));
  if (outcome !== 'ready' || child.pid === undefined) {
    if (outcome === undefined) await end(killSignal);
    await within(endTimeoutMs, outputRead);
    const reason = outcome ?? `was not ready after ${startTimeoutMs} ms`;
    throw new Error(`${[program, ...args].join(' ')} ${reason}\n${output}`.trim());
  }
  return { pid: child.pid, signal: (signal: NodeJS.Signals) => child.kill(signal), end };
}

/**
 * A free port on 127.0.0.1 below the range from which systems take the ports of outgoing
 * connections. In that range a client that reconnects to a stopped server can be given the server's
 * own port, connect to itself, and keep the server from coming back.
 */
export async function freePort(maxAttempts = 50): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = randomInt(20_000, 32_000);
    const listener = createServer();
    try {
      await once(listener.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch (error) {
      if (attempt === maxAttempts) throw error;
    } finally {
      listener.close();
    }
  }
}
