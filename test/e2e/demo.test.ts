import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommand } from '../support/boxoffice-process.ts';
import { createSetup } from '../support/setups.ts';

const program = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));
const SMALL = ['--buyers', '60', '--places', '20', '--seconds', '3'];
const MOST_COLUMNS = 80;
const timeoutMs = 50_000;

test('the demo sells all places without any service, tells every watcher, and ends by itself with its proof', async () => {
  const { code, stdout, stderr } = await runCommand(['--setup=', ...SMALL], {}, { program, timeoutMs });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^60 buyers want 20 places\. Watch it live: http:\/\/127\.0\.0\.1:\d+\/events\/1$/);
  expect(lines.slice(-2)).toEqual([
    'boxoffice verify: all promises hold',
    expect.stringMatching(/^20 of 20 places sold to \d+ of 60 buyers; \d+ refused; .* p50 [\d.]+ ms, p99 [\d.]+ ms; /),
  ]);
  const meanwhile = lines.slice(1, -2);
  expect(meanwhile.length).toBeGreaterThan(0);
  for (const line of meanwhile) expect(line.length).toBeLessThanOrEqual(MOST_COLUMNS);
  expect(meanwhile.at(-1)).toMatch(/: 60 came, 20 sold, 0 held, \d+ refused, 20 final, \d+ told, /);
});

test('the demo runs with PostgreSQL and Redis, as an API and a worker', async () => {
  const setup = await createSetup('postgresql + redis');
  try {
    const options = { program, timeoutMs };
    const { code, stdout } = await runCommand(['--setup=postgresql', ...SMALL], setup.env, options);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('all promises hold\n20 of 20') });
  } finally {
    await setup.remove();
  }
});

test('the demo says in one line what it cannot do', async () => {
  const results = await Promise.all([
    runCommand(['--setup=oracle'], {}, { program }),
    runCommand(
      ['--setup=postgresql'],
      { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' },
      { program, timeoutMs },
    ),
  ]);
  for (const { code } of results) expect(code).toBe(1);
  expect(results.map(({ stderr }) => stderr)).toEqual([
    'demo: SETUP is redis or postgresql, or empty: embedded\n',
    expect.stringMatching(/^demo: boxoffice: DATABASE_URL: .*\n$/),
  ]);
});
