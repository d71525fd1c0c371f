import { randomUUID } from 'node:crypto';
import type { ContainerRuntimeClient } from 'testcontainers';
import { within } from '../eventually.ts';
import { printLine } from './programs.ts';
import { reapWhenOrphaned } from './reap-when-orphaned.ts';

const engineAnswerMs = 5_000;
const imagePullMs = 120_000;
const LABEL = 'boxoffice.test-service';

/** Whether a Docker engine answers and has `images`, pulled when they are missing. */
export async function dockerHas(images: string[]): Promise<boolean> {
  const { getContainerRuntimeClient, ImageName } = await import('testcontainers');
  const engine = await within(
    engineAnswerMs,
    getContainerRuntimeClient().catch(() => undefined),
  );
  if (!engine) return false;
  const deadline = AbortSignal.timeout(imagePullMs);
  try {
    for (const image of images) {
      if (!(await engine.image.exists(ImageName.fromString(image)))) await pull(engine, image, deadline);
    }
    return true;
  } catch (error) {
    printLine(`docker: the engine answers, but has not every image (${error}); trying programs on this machine`);
    return false;
  }
}

/** Testcontainers' own pull has no bound, and an engine without a registry can take for ever. */
async function pull({ container: { dockerode } }: ContainerRuntimeClient, image: string, deadline: AbortSignal) {
  printLine(`docker: pulling ${image}`);
  const stream = await dockerode.pull(image, { abortSignal: deadline });
  const progress = await new Promise<{ error?: string }[]>((resolve, reject) => {
    dockerode.modem.followProgress(stream, (error, lines) => (error ? reject(error) : resolve(lines)));
  });
  const failure = progress.find((line) => line.error)?.error;
  if (failure) throw new Error(failure);
  deadline.throwIfAborted();
}

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
  const forget = reapWhenOrphaned({ containerLabel: `${LABEL}=${value}` });
  const started = await container.withLabels({ [LABEL]: value }).start();
  const stop = async () => {
    await started.stop();
    forget();
  };
  return { started, stop };
}
