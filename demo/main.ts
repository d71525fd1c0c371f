import { once } from 'node:events';
import { readOptions } from './options.ts';
import { proofOf } from './proof.ts';
import { sell } from './sell.ts';
import { openStage } from './stage.ts';

try {
  await demo();
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
// Buyers of a sale that was broken off are on their way still.
process.exit();

async function demo(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => null);
  const stage = await openStage(options.setup, process.env);
  try {
    const sold = await Promise.race([sell(stage.url, options), interrupted]);
    if (!sold) return;
    const { lines, holds } = await proofOf(stage, sold);
    console.log(lines.join('\n'));
    if (!holds) process.exitCode = 1;
    if (!options.stay) return;
    console.log(`The box office goes on at ${stage.url}. Ctrl-C ends it.`);
    await interrupted;
  } finally {
    await stage.close();
  }
}
