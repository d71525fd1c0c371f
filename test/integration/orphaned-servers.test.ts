import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { redisVersion } from '../support/redis-server.ts';

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '%s to a test process also ends its servers and deletes their files',
  async (signal) => {
    const script = `
    import { startRedisServer } from './test/support/redis-server.ts';
    import { temporaryFolder } from './test/support/services/reap-when-orphaned.ts';
    const { path } = await temporaryFolder('left-behind');
    const { url } = await startRedisServer();
    console.log(JSON.stringify({ url, path }));
    setInterval(() => {}, 60_000);
  `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { url, path } = JSON.parse(String(line)) as { url: string; path: string };
    child.kill(signal);
    await eventually(() => expect(redisVersion(url)).rejects.toThrow('ECONNREFUSED'));
    await eventually(() => expect(access(path)).rejects.toThrow('ENOENT'), { timeoutMs: 10_000 });
  },
);
