import { randomInt } from 'node:crypto';
import { runChaos } from './run.ts';
import { SETUPS, type Setup } from './schedule.ts';
import { tableOf } from './table.ts';

// Breaks things on purpose while a sale is on: SEED= repeats a schedule, MINUTES= says how long, SETUP= on what, CLIENTS= how
// many buy.

const print = (line: string) => process.stdout.write(`${line}\n`);
const interrupted = 130;

const { SEED, MINUTES, SETUP, CLIENTS } = process.env;
const seed = SEED ? Number(SEED) : randomInt(1, 1_000_000);
const minutes = MINUTES ? Number(MINUTES) : 2;
const setup = (SETUP || 'postgresql') as Setup;
const clientCount = CLIENTS ? Number(CLIENTS) : 20;
const usage = 'SEED and CLIENTS are whole numbers, MINUTES a positive one, SETUP is postgresql or sqlite';
if (![seed, clientCount].every(Number.isSafeInteger) || !(minutes > 0) || !SETUPS.includes(setup)) {
  print(usage);
  process.exit(2);
}

const stopping = new AbortController();
process.on('SIGINT', () => {
  // What a second one leaves behind is ended by the reaper of test/support.
  if (stopping.signal.aborted) process.exit(interrupted);
  print('interrupted, ending everything');
  stopping.abort();
});

try {
  const result = await runChaos({
    seed,
    setup,
    durationMs: minutes * 60_000,
    clientCount,
    signal: stopping.signal,
    print,
  });
  print(tableOf(`\nchaos on ${setup}, seed ${seed}, ${minutes} min`, result));
  process.exit(result.violations.length > 0 ? 1 : 0);
} catch (error) {
  if (!stopping.signal.aborted) print(`the chaos run itself failed (seed ${seed}): ${(error as Error).stack}`);
  process.exit(stopping.signal.aborted ? interrupted : 2);
}
