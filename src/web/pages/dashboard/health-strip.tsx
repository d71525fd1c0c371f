import { useNow } from '../../data/use-now.ts';
import { usePolled } from '../../data/use-polled.ts';
import { Health } from '../../generated/operations.ts';
import { useDeskWords } from './desk-words.ts';

const EVERY_MS = 3_000;
/** Tickets are issued within milliseconds: what waits for so long waits for a worker. */
const LONG_MS = 10_000;
/** An error of yesterday worries nobody. */
const RECENT_MS = 600_000;

/** How the service is doing, in one line. Nothing of it is said aloud by itself. */
export function HealthStrip() {
  const { say, number, times } = useDeskWords();
  const { data, failure } = usePolled(Health, {}, EVERY_MS);
  const now = useNow();
  const health = data?.serviceHealth;
  const since = (at: string) => now - Date.parse(at);
  const oldest = health?.oldestPendingAt ?? null;
  const error = health?.lastError ?? null;
  return (
    <section class="desk-health" aria-label={say.health}>
      <dl>
        <Reading name={say.queue} value={health ? number(health.queueDepth) : '–'} />
        <Reading
          name={say.oldest}
          value={oldest === null ? say.nobodyWaits : times.left(since(oldest))}
          bad={oldest !== null && since(oldest) > LONG_MS}
        />
        <Reading name={say.watching} value={health ? number(health.subscriptionCount) : '–'} />
        <Reading
          name={say.lastError}
          value={failure ? say.unreachable : error ? `${times.moment(error.at)} ${error.message}` : say.noError}
          bad={failure !== null || (error !== null && since(error.at) < RECENT_MS)}
        />
      </dl>
    </section>
  );
}

function Reading({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) {
  return (
    <div class={bad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
