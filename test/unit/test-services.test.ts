import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { findPostgresPrograms, postgresPrograms } from '../support/services/postgres-programs.ts';
import { postgresService } from '../support/services/postgres-service.ts';
import { provideService } from '../support/services/provide-service.ts';
import { findRedisProgram, redisProgram } from '../support/services/redis-program.ts';
import { redisService } from '../support/services/redis-service.ts';
import type { ServiceKind } from '../support/services/service-kind.ts';
import { startTestServices } from '../support/services/test-services.ts';

const nowhere = '/nonexistent';
const notInstalled = async () => false;

function provide(kind: ServiceKind, { env = {}, useDocker = false }: { env?: NodeJS.ProcessEnv; useDocker?: boolean }) {
  const lines: string[] = [];
  return { lines, service: provideService(kind, env, { useDocker, print: (line) => lines.push(line) }) };
}

describe('a service that the environment names', () => {
  test('fails the run when TEST_REDIS_URL leads nowhere, and does not print its password', async () => {
    const port = await freePort();
    const { service } = provide(redisService, { env: { TEST_REDIS_URL: `redis://:secret@127.0.0.1:${port}` } });
    await expect(service).rejects.toThrow(
      `redis: TEST_REDIS_URL on 127.0.0.1:${port} does not answer: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  test('fails the run when TEST_POSTGRES_URL leads nowhere', async () => {
    const port = await freePort();
    const env = { TEST_POSTGRES_URL: `postgres://boxoffice:secret@127.0.0.1:${port}/postgres` };
    await expect(provide(postgresService, { env }).service).rejects.toThrow(
      `postgres: TEST_POSTGRES_URL on 127.0.0.1:${port} does not answer: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  test('ends the Redis it has started when PostgreSQL cannot be had', async () => {
    const lines: string[] = [];
    const env = { TEST_SERVICES: 'binaries', TEST_POSTGRES_URL: `postgres://127.0.0.1:${await freePort()}/postgres` };
    await expect(startTestServices(env, (line) => lines.push(line))).rejects.toThrow('TEST_POSTGRES_URL');
    expect(lines).toEqual([expect.stringMatching(/^redis: (redis|valkey)-server [\d.]+ on 127\.0\.0\.1:\d+$/)]);
    const [address] = /127\.0\.0\.1:\d+$/.exec(lines[0] ?? '') ?? [];
    await expect(redisService.version(`redis://${address}`)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a service that nobody named', () => {
  const served = { url: 'redis://127.0.0.1:1', served: 'a program', stop: async () => {} };

  test('comes from this machine when the container does not start, and a line says so', async () => {
    const kind: ServiceKind = {
      ...redisService,
      startContainer: () => Promise.reject(new Error('no space left on device')),
      startProgram: async () => served,
      version: async () => '7.2.0',
    };
    const { service, lines } = provide(kind, { useDocker: true });
    await expect(service).resolves.toBe(served);
    expect(lines).toEqual([
      'redis: redis:7-bookworm does not start (no space left on device); trying programs on this machine',
      'redis: a program 7.2.0 on 127.0.0.1:1',
    ]);
  });

  test('is stopped when it does not answer', async () => {
    let stopped = false;
    const stop = async () => {
      stopped = true;
    };
    const kind: ServiceKind = {
      ...redisService,
      startProgram: async () => ({ ...served, stop }),
      version: () => Promise.reject(new Error('ERR')),
    };
    await expect(provide(kind, {}).service).rejects.toThrow('redis: a program on 127.0.0.1:1 does not answer: ERR');
    expect(stopped).toBe(true);
  });

  test('fails the run with what to install when there is no Redis', async () => {
    const program = redisProgram(() => findRedisProgram(nowhere), notInstalled);
    await expect(program).rejects.toThrow(/Start Docker, or install redis-server or valkey-server .*TEST_REDIS_URL/);
  });

  test('fails the run with what to install when there is no PostgreSQL', async () => {
    const programs = postgresPrograms(() => findPostgresPrograms([nowhere]), notInstalled);
    await expect(programs).rejects.toThrow(/Start Docker, or install PostgreSQL .*TEST_POSTGRES_URL/);
  });

  test('is looked for again after it was installed', async () => {
    const installed: string[] = [];
    const find = async () => (installed.length > 0 ? '/usr/bin/redis-server' : undefined);
    const install = async (debianPackage: string) => installed.push(debianPackage) > 0;
    await expect(redisProgram(find, install)).resolves.toBe('/usr/bin/redis-server');
    expect(installed).toEqual(['redis-server']);
  });
});

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s to a test process also ends its servers', async (signal) => {
  const script = `
    import { startRedisServer } from './test/support/redis-server.ts';
    import { temporaryFolder } from './test/support/services/temporary-folder.ts';
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
  await eventually(() => expect(redisService.version(url)).rejects.toThrow('ECONNREFUSED'));
  await eventually(() => expect(access(path)).rejects.toThrow('ENOENT'), { timeoutMs: 10_000 });
});
