import { eventually } from '../support/eventually.ts';
import { allWell } from '../support/readiness.ts';
import type { History } from './history.ts';
import type { Recovery } from './promises.ts';
import type { Random } from './random.ts';
import { Requests } from './requests.ts';
import type { ApiName } from './schedule.ts';
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

/** How long until no booking is PENDING, or owed its cancellation with that of its event; null after a minute. */
export function untilNonePending(stage: Stage): Promise<number | null> {
  return timed(async () => (await stage.countUnfinished()) === 0);
}

const claimsEndWithinMs = 5_000;

/** Resolves when no mail is owed any more, or after a minute; what a dead worker has claimed is let go before. */
export async function untilNoMailOwed(stage: Stage): Promise<void> {
  const none = async () => (await stage.countOwedMails()) === 0;
  const ended = () => eventually(none, { timeoutMs: claimsEndWithinMs, intervalMs: 100 });
  await ended().catch(() => stage.endClaimsOfMails());
  await timed(none);
}

/** How long a new booking takes to be seen FINALIZED by its buyer, through each API; the best of some. */
export async function untilFinalized(
  eventId: string,
  urls: ReadonlyMap<ApiName, string>,
  history: History,
  random: Random,
): Promise<Recovery['finalizedMs']> {
  const best = new Map<ApiName, number | null>();
  for (const [api, url] of urls) {
    const times: number[] = [];
    for (let n = 1; n <= triesPerApi; n++) {
      const name = `last-${api}-${n}`;
      const requests = new Requests(name, urls, history);
      const watcher = new Watcher(name, new Map([[api, url]]), history, random);
      const since = performance.now();
      const { outcome } = await requests.book(api, { eventId, userId: '1', quantity: 1, idempotencyKey: name });
      const watch = outcome.kind === 'booked' && watcher.watch(outcome.id);
      if (watch && (await timed(() => watch.done)) !== null) times.push(performance.now() - since);
      watcher.close();
      requests.close();
    }
    best.set(api, times.length > 0 ? Math.min(...times) : null);
  }
  return best;
}

function timed(condition: () => boolean | Promise<boolean>): Promise<number | null> {
  const since = performance.now();
  return eventually(condition, { timeoutMs: patienceMs, intervalMs: 100 }).then(
    () => performance.now() - since,
    () => null,
  );
}
