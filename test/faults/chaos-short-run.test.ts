import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import { reapWhenOrphaned } from '../support/services/reap-when-orphaned.ts';

const PROGRAM = fileURLToPath(new URL('../chaos/main.ts', import.meta.url));
/**
 * Its half minute has a kill, a pause and a stop of an API, kills of a worker and of Redis, keys of the queue that get lost,
 * a wrong clock, and trouble with the database, on PostgreSQL also a GRANT that is taken away.
 */
const seed = '44811';
const timeoutMs = 200_000;

test.concurrent.for(['postgresql', 'sqlite'])(
  'on %s every promise holds while things break, and everything recovers',
  { timeout: timeoutMs },
  async (setup, { expect }) => {
    const chaos = spawn(process.execPath, [PROGRAM], {
      env: { ...process.env, NODE_OPTIONS: '', SEED: seed, MINUTES: '0.5', SETUP: setup, CLIENTS: '10' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const forget = reapWhenOrphaned({ pid: chaos.pid as number, signal: 'SIGINT' });
    let output = '';
    for (const stream of [chaos.stdout, chaos.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    // Of a run that hangs, all that it printed is shown, whether it can still end by itself or not.
    const ends = (['SIGINT', 'SIGKILL'] as const).map((signal, i) =>
      setTimeout(() => chaos.kill(signal), timeoutMs - 30_000 + i * 15_000),
    );
    const [code] = await once(chaos, 'close');
    for (const end of ends) clearTimeout(end);
    forget();
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^violations +0$/m) });
  },
);
