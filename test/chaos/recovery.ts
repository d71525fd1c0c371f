import { eventually } from '../support/eventually.ts';
import { allWell } from '../support/readiness.ts';
import type { History, Wish } from './history.ts';
import type { Recovery } from './promises.ts';
import type { Random } from './random.ts';
import { Requests } from './requests.ts';
import { APIS, type ApiName } from './schedule.ts';
import type { Stage } from './stage.ts';
import { Watcher } from './watcher.ts';

const patienceMs = 60_000;
const triesPerApi = 3;

/** How long until every /readyz is 200 with nothing amiss; null after a minute. */
export function untilReady(stage: Stage): Promise<number | null> {
  return timed(async () => {
    const answers = [...stage.processes.values()].map(({ url }) => allWell(url));
    return (await Promise.all(answers)).every(Boolean);
  });
}

/** How long until no booking is PENDING; null after a minute. */
export function untilNonePending({ database }: Stage): Promise<number | null> {
  return timed(async () => (await database.countPending()) === 0);
}

/** How long a new booking takes to be seen FINALIZED by its buyer, through each API; the best of some. */
export async function untilFinalized(
  eventId: string,
  urls: ReadonlyMap<ApiName, string>,
  history: History,
  random: Random,
): Promise<Recovery['finalizedMs']> {
  const best = new Map<ApiName, number | null>(APIS.map((api) => [api, null]));
  for (const api of APIS) {
    for (let n = 1; n <= triesPerApi; n++) {
      const name = `last-${api}-${n}`;
      const wish: Wish = { eventId, userId: '1', quantity: 1, idempotencyKey: name };
      const took = await bookAndWatch(name, api, wish, urls, history, random);
      if (took !== null) best.set(api, Math.min(took, best.get(api) ?? took));
    }
  }
  return best;
}

async function bookAndWatch(
  name: string,
  api: ApiName,
  wish: Wish,
  urls: ReadonlyMap<ApiName, string>,
  history: History,
  random: Random,
): Promise<number | null> {
  const requests = new Requests(name, urls, history);
  const watcher = new Watcher(name, urls, history, random);
  try {
    const { outcome, startedAt } = await requests.book(api, wish);
    if (outcome.kind !== 'booked') return null;
    const watch = watcher.watch(outcome.id, api);
    await eventually(() => watch?.done === true, { timeoutMs: patienceMs });
    return performance.now() - startedAt;
  } catch {
    return null;
  } finally {
    watcher.close();
    requests.close();
  }
}

async function timed(condition: () => Promise<boolean>): Promise<number | null> {
  const since = performance.now();
  return eventually(condition, { timeoutMs: patienceMs, intervalMs: 100 }).then(
    () => performance.now() - since,
    () => null,
  );
}
