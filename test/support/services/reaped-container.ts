import { randomUUID } from 'node:crypto';
import { reapWhenOrphaned } from './reap-when-orphaned.ts';

const key = 'boxoffice.test-service';

interface Startable<Started> {
  withLabels(labels: Record<string, string>): { start(): Promise<Started> };
}

/**
 * Starts a container that our own reaper removes when the test run is killed. It stands in for
 * Testcontainers' Ryuk: one image less to have, and no container that holds the engine's socket.
 */
export async function startReapedContainer<Started extends { stop(): Promise<unknown> }>(
  container: Startable<Started>,
): Promise<{ started: Started; stop: () => Promise<void> }> {
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const value = randomUUID();
  const forget = reapWhenOrphaned({ containerLabel: `${key}=${value}` });
  const started = await container.withLabels({ [key]: value }).start();
  const stop = async () => {
    await started.stop();
    forget();
  };
  return { started, stop };
}
