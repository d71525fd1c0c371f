import type { Certificate, CertificateAuthority } from './certificates.ts';
import { freePort } from './free-port.ts';
import { type RedisServer, startRedisServer } from './redis-server.ts';

/** A Redis of the test's own that has no port but the one with TLS. */
export async function startTlsRedis(
  authority: CertificateAuthority,
  { certificate, key }: Certificate,
  { clientCertificates = false } = {},
): Promise<RedisServer> {
  const port = await freePort();
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority.root];
  const clients = ['--tls-auth-clients', clientCertificates ? 'yes' : 'no'];
  return startRedisServer({ port, args: ['--port', '0', '--tls-port', `${port}`, ...files, ...clients] });
}
