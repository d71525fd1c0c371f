import { fileURLToPath } from 'node:url';
import { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { eventually, pauseUnless } from '../support/eventually.ts';
import { sqliteFile } from '../support/query-database.ts';
import type { History } from './history.ts';
import { type PlannedFault, thingOf } from './schedule.ts';
import type { Stage } from './stage.ts';

const LOST_KEYS_SHARE = 0.5;

/** Does what is planned when its time has come. Resolves when all of it is undone again. */
export async function injectFaults(
  faults: readonly PlannedFault[],
  stage: Stage,
  history: History,
  signal: AbortSignal,
): Promise<void> {
  const underWay = new Map<string, Promise<void>>();
  const since = performance.now();
  for (const fault of faults) {
    await pauseUnless(signal, since + fault.atMs - performance.now());
    if (signal.aborted) break;
    const thing = thingOf(fault.what);
    // Its last fault takes longer to undo than planned.
    if (underWay.has(thing)) continue;
    const done = inject(fault, stage, history, signal).finally(() => underWay.delete(thing));
    underWay.set(thing, done);
    // Awaited below; until then a failure must not end the run unheard.
    done.catch(() => undefined);
  }
  await Promise.all(underWay.values());
}

async function inject(planned: PlannedFault, stage: Stage, history: History, signal: AbortSignal): Promise<void> {
  const fault = { planned, from: performance.now(), to: Number.POSITIVE_INFINITY };
  history.faults.push(fault);
  const undo = await begin(planned, stage);
  await pauseUnless(signal, planned.forMs);
  await undo?.();
  fault.to = performance.now();
}

/** @returns the function that undoes it; none for what ends by itself */
async function begin({ what }: PlannedFault, stage: Stage): Promise<(() => Promise<void> | void) | void> {
  const { redis, postgres } = stage;
  switch (what.type) {
    case 'kill':
    case 'terminate': {
      const process = stage.process(what.process);
      const disturbance = await (what.type === 'kill' ? process.kill() : process.terminate());
      return () => process.start(disturbance);
    }
    case 'pause':
      return stage.process(what.process).pause();
    case 'clock': {
      const clock = stage.clock(what.process);
      await clock.set(what.offsetSeconds);
      return () => clock.set(0);
    }
    case 'delay':
    case 'cut':
    case 'swallow':
    case 'swallow answers': {
      const link = stage.link(what.process, what.service);
      link.set(what.type === 'delay' ? { kind: 'delay', ms: what.delayMs } : { kind: what.type });
      return () => link.set({ kind: 'pass' });
    }
    case 'redis kill':
      await redis.kill();
      return () => redis.start();
    case 'redis flush':
      return stage.redisCommand('FLUSHALL');
    case 'redis pause':
      redis.pause();
      return () => redis.resume();
    case 'redis full':
      await stage.redisCommand('CONFIG', 'SET', 'maxmemory', '1');
      return () => stage.redisCommand('CONFIG', 'SET', 'maxmemory', '0');
    case 'redis loses jobs':
      return stage.loseQueue(/:wait$/);
    case 'redis loses keys':
      return stage.loseQueue(/./, LOST_KEYS_SHARE);
    case 'postgresql crash':
      await postgres?.kill();
      return () => postgres?.start();
    case 'postgresql disconnect':
      return stage.disconnectSome();
    case 'postgresql revoke':
      await stage.setInsertOfTickets('revoke');
      return () => stage.setInsertOfTickets('grant');
    case 'sqlite lock':
      return lockSqlite(sqliteFile({ DATABASE_URL: stage.databaseUrl }));
  }
}

/** Another process takes SQLite's write lock. @returns the function that ends it */
async function lockSqlite(file: string): Promise<() => Promise<void>> {
  const program = fileURLToPath(new URL('./sqlite-lock-holder.ts', import.meta.url));
  const holder = new BoxOfficeProcess([file], {}, { program });
  await eventually(() => holder.stdout !== '' || holder.exit !== null);
  return () => holder.kill();
}
