import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, type YAMLSeq } from 'yaml';
import { readConfig } from '../../src/config.ts';
import { connectionBounds } from '../../src/http/limits/connection-bounds.ts';
import { guideBlocks } from '../support/operations-guide.ts';

const SECRETS = {
  'jwt-secret': '0123456789abcdef0123456789abcdef',
  'database-url': 'postgresql://boxoffice:password@db.example/boxoffice',
  'redis-url': 'redis://cache.example',
};
const TIMES_OUT_MS = 2_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'boxoffice-secrets-'));
  for (const [name, secret] of Object.entries(SECRETS)) writeFileSync(join(folder, name), secret);
});
afterAll(() => rmSync(folder, { recursive: true }));

function examples(section: string, language: string): string[] {
  return guideBlocks()
    .filter((block) => block.section === section && block.language === language)
    .map(({ text }) => text);
}

describe('the systemd units of the guide', () => {
  type Unit = ReadonlyMap<string, readonly string[]>;
  const unitOf = (text: string): Unit =>
    Map.groupBy(
      text.split('\n').filter((line) => /^\w+=/.test(line)),
      (line) => line.slice(0, line.indexOf('=')),
    );
  const values = (unit: Unit, name: string) => (unit.get(name) ?? []).map((line) => line.slice(name.length + 1));
  const variables = (unit: Unit) =>
    values(unit, 'Environment')
      .flatMap((line) => line.split(' '))
      .map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]);

  const [whole = '', changed = ''] = examples('systemd', 'ini');
  const single = unitOf(whole);
  const several = new Map([...single, ...unitOf(changed)]);

  test.each([
    ['for one process', single, ['serve']],
    ['for several processes', several, ['api', 'worker']],
  ] as const)('set in %s what is read, take secrets from files, and stop without a kill', (_, unit, roles) => {
    const [program = ''] = values(unit, 'ExecStart');
    expect(roles).toContain(program.split(' ')[2]?.replace('%j', 'api'));
    const files = variables(unit).filter(([name]) => name.endsWith('_FILE'));
    expect(files.map(([, path]) => path.replace('%d/', '')).toSorted()).toEqual(
      values(unit, 'LoadCredential')
        .map((line) => line.split(':')[0])
        .toSorted(),
    );

    const env = Object.fromEntries(
      variables(unit).map(([name, value]) => [name, value.replace('%d', folder).replace('%i', '8000')]),
    );
    const config = readConfig(env);
    expect(config).toMatchObject({ port: 8_000, auth: { mode: 'jwt' }, warnings: [] });
    expect(Number(values(unit, 'TimeoutStopSec')[0]) * 1_000).toBeGreaterThan(config.shutdownTimeoutMs);
    expect(connectionBounds(config, Number(values(unit, 'LimitNOFILE')[0])).fewFiles).toBe(false);
    expect(values(unit, 'Restart')).toEqual(['always']);
    expect(unit.has('MemoryDenyWriteExecute')).toBe(false);
  });

  test('have the database in the folder that they may write to; the other roles find theirs by URL', () => {
    const state = `/var/lib/${values(single, 'StateDirectory')[0]}`;
    const { DATABASE_URL } = Object.fromEntries(variables(single));
    expect(DATABASE_URL).toBe(`sqlite:${state}/boxoffice.db`);
    expect(values(single, 'WorkingDirectory')).toEqual([state]);
    expect(Object.fromEntries(variables(several))).not.toHaveProperty('DATABASE_URL');
  });
});

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

test('the second Compose file of the guide changes services that there are, with variables that are read', () => {
  const replace = { tag: '!override', collection: 'seq', resolve: (list: unknown) => list as YAMLSeq } as const;
  const read = (text: string): Compose => parse(text, { merge: true, customTags: [replace] });
  const base = read(readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8'));
  const [text = ''] = examples('Docker Compose', 'yaml');
  const { services, secrets } = read(text);
  expect(Object.keys(base.services)).toEqual(expect.arrayContaining(Object.keys(services)));
  for (const [name, service] of Object.entries(services)) {
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining([...(service.secrets ?? [])]));
    if (name === 'postgres') continue;
    const merged = { NODE_ENV: 'production', ...base.services[name]?.environment, ...service.environment };
    const env = Object.entries(merged).map(([key, value]) => [
      key,
      // What Compose fills in when nobody has set it.
      value.replace('/run/secrets', folder).replace(/\$\{\w+:-(.*)\}/, '$1'),
    ]);
    const { warnings, ...config } = readConfig(Object.fromEntries(env));
    expect(config).toMatchObject({ auth: { mode: 'jwt' }, database: { kind: 'postgresql' }, host: '0.0.0.0' });
    expect(warnings).toEqual([]);
  }
});

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: number };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
}

test('the pod of the guide is asked by routes that there are, in time, and has its time to end', () => {
  const [text = ''] = examples('Probes', 'yaml');
  const { spec } = parse(text);
  const [container] = spec.containers;
  const { startupProbe, livenessProbe, readinessProbe } = container as Record<string, Probe>;
  const port = Number(container.env[0].value);
  for (const probe of [startupProbe, livenessProbe]) expect(probe?.httpGet).toEqual({ path: '/livez', port });
  expect(readinessProbe?.httpGet).toEqual({ path: '/readyz', port });
  expect((readinessProbe?.timeoutSeconds ?? 0) * 1_000).toBeGreaterThan(TIMES_OUT_MS);
  const waitSeconds = Number(container.lifecycle.preStop.exec.command[1]);
  const { shutdownTimeoutMs } = readConfig({});
  expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(waitSeconds * 1_000 + shutdownTimeoutMs);
});
