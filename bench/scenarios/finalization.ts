import { fileURLToPath } from 'node:url';
import { eventually } from '../../test/support/eventually.ts';
import type { Bench, Scenario } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { inTurn, median } from '../side-by-side.ts';
import { runChild } from '../stage/bench-process.ts';
import { type Installation, withInstallations } from '../stage/installation.ts';

const BOOKINGS = 10_000;
const FILL = fileURLToPath(new URL('../children/fill-the-queue.ts', import.meta.url));
const pollMs = 10;
const timeoutMs = 120_000;

/** What one worker process does when it finds a full queue: rows of one hot event that are PENDING, with their jobs. */
export const finalization: Scenario = {
  name: 'finalization',
  run: (bench) =>
    withInstallations(
      bench.services,
      { roles: [] },
      async (installations) => {
        const measured = await inTurn(bench.rounds, installations, (installation, round) =>
          finalizeAll(bench, round, installation),
        );
        return [...measured].map(([{ setup }, rounds]): Figure => {
          const what = 'bookings of one event finalized by one worker, without mail';
          return { id: `finalization/${setup}`, what, setup, value: median(rounds), unit: '/s', rounds };
        });
      },
      ['SQLite + Redis', 'PostgreSQL + Redis'],
    ),
};

async function finalizeAll({ print }: Bench, round: number, installation: Installation): Promise<number> {
  const before = await installation.finalized();
  await runChild([String(BOOKINGS)], installation.env, { program: FILL });
  await installation.startWorker();
  const seen: { at: number; finalized: number }[] = [];
  await eventually(
    async () => {
      const finalized = (await installation.finalized()) - before;
      if (finalized > (seen.at(-1)?.finalized ?? 0)) seen.push({ at: performance.now(), finalized });
      if (finalized < BOOKINGS) throw new Error(`${installation.setup}: ${finalized} of ${BOOKINGS} are finalized`);
    },
    { timeoutMs, intervalMs: pollMs },
  );
  await installation.stopWorker();
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last || last === first) throw new Error('finalized within one look, so there is no rate');
  const rate = ((last.finalized - first.finalized) / (last.at - first.at)) * 1_000;
  print(`    round ${round}: ${installation.setup} ${Math.round(rate)}/s`);
  return rate;
}
