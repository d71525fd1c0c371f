import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly privileged?: boolean;
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const KEPT = /^(data|redis|postgres|prometheus):\//;

async function services(): Promise<[name: string, service: Service][]> {
  const text = await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
  return Object.entries((parse(text, { merge: true }) as { services: Record<string, Service> }).services);
}

test('no service of Docker Compose may do more than it needs', async () => {
  const all = await services();
  expect(all.map(([name]) => name)).toEqual(['app', 'worker', 'redis', 'postgres', 'mailpit', 'prometheus', 'grafana']);
  for (const [name, service] of all) {
    expect({ name, ...service }).toMatchObject({
      name,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    // Of what is kept each has its own; all else is read, or may be lost, as mails are that are looked at.
    const kept = (service.volumes ?? []).filter((volume) => !volume.endsWith(':ro'));
    expect(kept).toEqual(['mailpit', 'grafana'].includes(name) ? [] : [expect.stringMatching(KEPT)]);
    expect(service.cap_add ?? service.privileged).toBeUndefined();
    const files = (service.volumes ?? []).filter((volume) => volume.startsWith('.'));
    expect(files.filter((file) => !existsSync(new URL(`../../${file.split(':')[0]}`, import.meta.url)))).toEqual([]);
  }
  // The image of app and worker says so itself; these would begin as root, and need capabilities to become another.
  expect(all.map(([, { user }]) => user)).toEqual([
    ...[undefined, undefined, 'redis', 'postgres', 'nobody'],
    ...['nobody', '472'],
  ]);
});

test('Docker Compose publishes its API, on this machine only unless told otherwise, and what is looked at on this machine only', async () => {
  const ports = (await services()).flatMap(([name, service]) => (service.ports ?? []).map((port) => [name, port]));
  expect(ports).toEqual([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose fills it in.
    ['app', '${PUBLISH_ADDRESS:-127.0.0.1}:${PORT:-8000}:8000'],
    ['mailpit', '127.0.0.1:8025:8025'],
    ['prometheus', '127.0.0.1:9090:9090'],
    ['grafana', '127.0.0.1:3000:3000'],
  ]);
});

test('a box office of Docker Compose, which lets everybody in, answers to names of its own network only', async () => {
  for (const [name, { environment }] of await services()) {
    if (!environment?.['HOST']) continue;
    expect({ name, ...environment }).toMatchObject({
      name: expect.stringMatching(/^(app|worker)$/),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose fills it in.
      ALLOWED_HOSTS: '${ALLOWED_HOSTS:-localhost,app,worker}',
    });
  }
});
