import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisConfig, readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { redisConnector } from '../../src/platform/redis/connections.ts';
import { type Certificate, type CertificateAuthority, certificateAuthority } from '../support/certificates.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { freePort } from '../support/services/server-process.ts';

let authority: CertificateAuthority;
let ofLocalhost: Certificate;
let redis: RedisServer;

beforeAll(async () => {
  authority = await certificateAuthority();
  ofLocalhost = await authority.issue('redis', { subjectAltName: 'DNS:localhost' });
  redis = await startTlsRedis(authority, ofLocalhost);
});
afterAll(async () => {
  await redis.remove();
  await authority.folder.remove();
});

/** Resolves when the connection answers, rejects with what is wrong with it. */
async function connect(url: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const config = readConfig({ REDIS_URL: url, ...files }).redis as RedisConfig;
  const client = redisConnector(config, createLogger('silent')).connect(url, 'fail-fast', () => undefined);
  try {
    await once(client, 'ready');
    return await client.ping();
  } finally {
    client.disconnect();
  }
}

const withRoot = () => ({ REDIS_TLS_CA_FILE: authority.root });

describe('a Redis whose certificate is for localhost', () => {
  test.each(['rediss', 'REDISS'])(
    'is reached over an encrypted connection with %s://localhost, as it has no other port',
    async (scheme) => {
      expect(await connect(`${scheme}://localhost:${redis.port}`, withRoot())).toBe('PONG');
    },
  );

  test('answers nothing to the plain text of redis://', async () => {
    await expect(connect(`redis://localhost:${redis.port}`)).rejects.toThrow();
  });

  test('is refused when its root is not known', async () => {
    await expect(connect(`rediss://localhost:${redis.port}`)).rejects.toThrow(/certificate/);
  });

  test('is refused when it is reached by its address', async () => {
    await expect(connect(`rediss://127.0.0.1:${redis.port}`, withRoot())).rejects.toThrow(
      /IP: 127.0.0.1 is not in the cert's list/,
    );
  });
});

test('a certificate that has expired is refused', async () => {
  const expired = await authority.issue('redis', { subjectAltName: 'DNS:localhost', expired: true });
  const server = await startTlsRedis(authority, expired);
  await expect(connect(`rediss://localhost:${server.port}`, withRoot())).rejects.toThrow('certificate has expired');
  await server.remove();
});

test('a Redis that wants to know its clients takes those with a certificate, by its address if it is for that', async () => {
  const ofAddress = await authority.issue('redis', { subjectAltName: 'IP:127.0.0.1' });
  const server = await startTlsRedis(authority, ofAddress, { clientCertificates: true });
  const url = `rediss://127.0.0.1:${server.port}`;
  await expect(connect(url, withRoot())).rejects.toThrow();
  const { certificate, key } = await authority.issue('boxoffice');
  const ours = { REDIS_TLS_CERT_FILE: certificate, REDIS_TLS_KEY_FILE: key };
  expect(await connect(url, { ...withRoot(), ...ours })).toBe('PONG');
  await server.remove();
});

test('a file that cannot be read ends the start with a line that names its variable', () => {
  const files = { REDIS_TLS_CA_FILE: '/nowhere.pem' };
  const config = readConfig({ REDIS_URL: 'rediss://localhost', ...files }).redis as RedisConfig;
  expect(() => redisConnector(config, createLogger('silent'))).toThrow(
    'REDIS_TLS_CA_FILE: /nowhere.pem cannot be read (ENOENT)',
  );
});

/** A Redis of the test's own that has no port but the one with TLS. */
async function startTlsRedis(
  authority: CertificateAuthority,
  { certificate, key }: Certificate,
  { clientCertificates = false } = {},
): Promise<RedisServer> {
  const port = await freePort();
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority.root];
  const clients = ['--tls-auth-clients', clientCertificates ? 'yes' : 'no'];
  return startRedisServer({ port, args: ['--port', '0', '--tls-port', `${port}`, ...files, ...clients] });
}
