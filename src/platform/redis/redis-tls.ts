import { isIP } from 'node:net';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import type { RedisConfig } from '../../config.ts';
import type { Logger } from '../logger.ts';
import { type PemFile, tlsContext } from '../tls-context.ts';

/**
 * @returns for each URL the options of its TLS link, or none for plain text
 * @throws naming the variable, when a file cannot be used
 */
export function redisTls({ tls }: RedisConfig, log: Logger): (url: string) => ConnectionOptions | undefined {
  const files = {
    roots: file('REDIS_TLS_CA_FILE', tls.ca),
    certificate: file('REDIS_TLS_CERT_FILE', tls.certificate),
    key: file('REDIS_TLS_KEY_FILE', tls.key),
  };
  const context = tlsContext(files, (problem) => log.warn(problem));
  // By ioredis, "REDISS://" would be plain text.
  return (url) => (new URL(url).protocol === 'rediss:' ? toHost(new URL(url).hostname, context) : undefined);
}

function toHost(host: string, context: () => SecureContext): ConnectionOptions {
  return {
    get secureContext() {
      return context();
    },
    // Many Redis services tell their customers apart by it; addresses may not stand there.
    ...(isIP(host.replace(/^\[|\]$/g, '')) === 0 && { servername: host }),
  };
}

function file(setting: string, path: string | null): PemFile | null {
  return path === null ? null : { setting, path };
}
