import { setTimeout as pause } from 'node:timers/promises';
import { send } from '../../test/support/http-client.ts';

const intervalMs = 100;

/**
 * Sends a request now and then while the load is on, and looks at its answer: load generators only count.
 * @returns the function that ends it and tells how many were looked at
 * @throws (the function) when an answer is not what is expected
 */
export function sampleAnswers(
  url: string,
  path: string,
  { body, authorization }: { body: string; authorization: string | undefined },
  problemIn: (status: number, answer: string) => string | null,
): () => Promise<number> {
  const headers = authorization === undefined ? {} : { authorization };
  let ended = false;
  let looked = 0;
  const problems: string[] = [];
  const sampling = (async () => {
    while (!ended) {
      const { status, text } = await send(url, { path, headers, body });
      const problem = problemIn(status, text);
      if (problem !== null) problems.push(problem);
      looked++;
      await pause(intervalMs);
    }
  })().catch((error: unknown) => problems.push(String(error)));
  return async () => {
    ended = true;
    await sampling;
    if (problems.length > 0) throw new Error(`${problems.length} of ${looked} sampled answers: ${problems[0]}`);
    return looked;
  };
}
