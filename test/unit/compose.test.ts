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

async function services(): Promise<[name: string, service: Service][]> {
  const text = await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
  return Object.entries((parse(text, { merge: true }) as { services: Record<string, Service> }).services);
}

test('no service of Docker Compose may do more than it needs', async () => {
  const all = await services();
  expect(all.map(([name]) => name)).toEqual(['app', 'worker', 'redis', 'postgres', 'mailpit']);
  for (const [name, service] of all) {
    expect({ name, ...service }).toMatchObject({
      name,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      // Mails are looked at, and may be lost.
      ...(name !== 'mailpit' && { volumes: [expect.stringMatching(/^(data|redis|postgres):\//)] }),
    });
    expect(service.cap_add ?? service.privileged).toBeUndefined();
  }
  // The image of app and worker says so itself; these would begin as root, and need capabilities to become another.
  expect(all.map(([, { user }]) => user)).toEqual([undefined, undefined, 'redis', 'postgres', 'nobody']);
});

test('Docker Compose publishes its API, on this machine only unless told otherwise, and the mails on this machine only', async () => {
  const ports = (await services()).flatMap(([name, service]) => (service.ports ?? []).map((port) => [name, port]));
  expect(ports).toEqual([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose fills it in.
    ['app', '${PUBLISH_ADDRESS:-127.0.0.1}:${PORT:-8000}:8000'],
    ['mailpit', '127.0.0.1:8025:8025'],
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
