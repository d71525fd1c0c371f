import { registerHooks } from 'node:module';

// Preloaded into a real `boxoffice` process by a test that gives it `failing(…)` as environment: src/cli.ts then gets
// this `run` in place of its own, which adds failpoints. Only Node's own modules may be imported here.

type Action = 'kill' | 'stop' | 'fail' | `block:${number}`;
type Transaction = 'booking' | 'FINALIZED' | 'FAILED' | 'CANCELLED' | 'create-event' | 'mail-sent';
/** What happens where, and at which time of passing, counted from 1. */
export type Failpoint = `${Transaction}:${'before-commit' | 'after-commit'}=${Action}@${number}`;

/** The environment with which a process of the fleet kills itself, stops, fails or blocks at its failpoints. */
export function failing(...failpoints: readonly Failpoint[]): Record<string, string> {
  return { NODE_OPTIONS: `--import=${import.meta.url}`, FAILPOINTS: failpoints.join(',') };
}

const passed = new Map<string, number>();

function pass(point: string): void {
  const time = (passed.get(point) ?? 0) + 1;
  passed.set(point, time);
  for (const failpoint of (process.env['FAILPOINTS'] ?? '').split(',')) {
    const [where, what = ''] = failpoint.split('=');
    const [action = '', at] = what.split('@');
    if (where === point && Number(at) === time) act(...(action.split(':') as [string, string?]));
  }
}

function act(action: string, ms = '0'): void {
  if (action === 'kill') process.kill(process.pid, 'SIGKILL');
  if (action === 'stop') process.kill(process.pid, 'SIGSTOP');
  if (action === 'fail') throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  for (const until = performance.now() + Number(ms); performance.now() < until; );
}

if (process.env['FAILPOINTS']) {
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const fromCli = context.parentURL?.endsWith('/cli.js') && specifier === './commands/run.js';
      if (!fromCli) return found;
      const url = `${import.meta.url}?run=${encodeURIComponent(found.url)}`;
      return { ...found, url, format: 'module-typescript' };
    },
  });
}

/**
 * As in src/commands/run.ts, with failpoints.
 * @public
 */
export async function run(role: unknown, config: unknown, options: unknown): Promise<void> {
  const real = new URL(import.meta.url).searchParams.get('run') as string;
  const { run: realRun } = (await import(real)) as { run: (...parts: unknown[]) => Promise<void> };
  return realRun(role, config, options, { failpoints: pass });
}
