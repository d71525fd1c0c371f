import type { Environment } from '../environment.ts';

/** Settings of the links to others that are right one by one and not together, a line each. */
export function* linkContradictions(e: Environment): Generator<string> {
  const { DATABASE_LOCK_TIMEOUT_MS: lock, DATABASE_STATEMENT_TIMEOUT_MS: statement, SHUTDOWN_TIMEOUT_MS: end } = e;
  if (lock >= statement) {
    yield 'DATABASE_LOCK_TIMEOUT_MS: must be below DATABASE_STATEMENT_TIMEOUT_MS, or a wait for a lock looks like a slow statement';
  }
  if (statement >= end && !e.DATABASE_URL.startsWith('sqlite:'))
    yield 'SHUTDOWN_TIMEOUT_MS: must be above DATABASE_STATEMENT_TIMEOUT_MS';
  if (e.SHUTDOWN_DRAIN_MS >= end) yield 'SHUTDOWN_DRAIN_MS: must be below SHUTDOWN_TIMEOUT_MS, which includes it';
  if (e.HTTP_HEADERS_TIMEOUT_MS > e.HTTP_REQUEST_TIMEOUT_MS) {
    yield 'HTTP_HEADERS_TIMEOUT_MS: must not be above HTTP_REQUEST_TIMEOUT_MS, which includes it';
  }
  const { REDIS_TLS_CA_FILE: ca, REDIS_TLS_CERT_FILE: certificate, REDIS_TLS_KEY_FILE: key } = e;
  const urls = [e.REDIS_URL ?? '', ...(e.REDIS_LOCK_URLS ?? [])];
  if ((ca || certificate || key) && !urls.some((url) => /^rediss:/i.test(url))) {
    yield 'REDIS_TLS_*_FILE: are of no use without a rediss:// URL';
  }
  if (!certificate !== !key) yield 'REDIS_TLS_CERT_FILE: goes together with REDIS_TLS_KEY_FILE';
}
