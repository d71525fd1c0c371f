import type { RequestFailed } from '../../data/request-failed.ts';
import { useNow } from '../../data/use-now.ts';
import type { Health } from '../../generated/operations.ts';
import { useDeskWords } from './desk-words.ts';
import './health-strip.css';

/** Tickets are issued within milliseconds: what waits for so long waits for a worker. */
const LONG_MS = 10_000;
/** An error of yesterday worries nobody. */
const RECENT_MS = 600_000;

interface HealthStripProps {
  readonly health: Health;
  /** Why there is nothing newer. */
  readonly failure: RequestFailed | null;
}

/** How the service is doing, in one line. Nothing of it is said aloud by itself. */
export function HealthStrip({ health, failure }: HealthStripProps) {
  const { say, number, times } = useDeskWords();
  const now = useNow();
  const since = (at: string) => now - Date.parse(at);
  const { oldestPendingAt: oldest, lastError: error } = health;
  return (
    <section class="desk-health" aria-label={say.health}>
      <dl>
        <Reading name={say.queue} value={number(health.queueDepth)} />
        <Reading
          name={say.oldest}
          value={oldest === null ? say.nobodyWaits : times.left(since(oldest))}
          bad={oldest !== null && since(oldest) > LONG_MS}
        />
        <Reading name={say.watching} value={number(health.subscriptionCount)} />
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
