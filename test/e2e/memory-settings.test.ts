import { execFile } from 'node:child_process';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { commandsOf } from '../support/operations-guide.ts';

const run = promisify(execFile);
const HEAP_LIMIT = `"${process.execPath}" -p 'v8.getHeapStatistics().heap_size_limit'`;

test('what the guide sets for little memory gives the heap half of what the process may use', async () => {
  const [settings = ''] = commandsOf('Memory');
  const { stdout } = await run('sh', ['-c', `${settings}\n${HEAP_LIMIT}`], { env: {} });
  const memory = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
  expect(Number(stdout) / memory).toBeGreaterThan(0.45);
  expect(Number(stdout) / memory).toBeLessThan(0.6);
});
