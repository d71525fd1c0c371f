import type { ContainerRuntimeClient } from 'testcontainers';
import { messageOf } from './message-of.ts';
import { within } from './within.ts';

type Print = (line: string) => void;

const engineAnswerMs = 5_000;
const imagePullMs = 120_000;

/** Whether a Docker engine answers and has `images`, pulled when they are missing. */
export async function dockerHas(images: string[], print: Print): Promise<boolean> {
  const { getContainerRuntimeClient, ImageName } = await import('testcontainers');
  const engine = await within(
    engineAnswerMs,
    getContainerRuntimeClient().catch(() => undefined),
  );
  if (!engine) return false;
  const deadline = AbortSignal.timeout(imagePullMs);
  try {
    for (const image of images) {
      if (!(await engine.image.exists(ImageName.fromString(image)))) await pull(engine, image, deadline, print);
    }
    return true;
  } catch (error) {
    print(`docker: the engine answers, but has not every image (${messageOf(error)}); trying programs on this machine`);
    return false;
  }
}

/** Testcontainers' own pull has no bound, and an engine without a registry can take for ever. */
async function pull(
  { container: { dockerode } }: ContainerRuntimeClient,
  image: string,
  deadline: AbortSignal,
  print: Print,
) {
  print(`docker: pulling ${image}`);
  const stream = await dockerode.pull(image, { abortSignal: deadline });
  const progress = await new Promise<{ error?: string }[]>((resolve, reject) => {
    dockerode.modem.followProgress(stream, (error, lines) => (error ? reject(error) : resolve(lines)));
  });
  const failure = progress.find((line) => line.error)?.error;
  if (failure) throw new Error(failure);
  deadline.throwIfAborted();
}
