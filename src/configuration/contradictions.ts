import type { Settings } from './settings.ts';

/** Settings that are right one by one and not together, a line each. */
export function* contradictions(settings: Settings): Generator<string> {
  if (settings.redis.lockUrls && !settings.redis.url) {
    yield 'REDIS_LOCK_URLS: needs REDIS_URL as well, for the queue and the live updates';
  }
  yield* ofTimes(settings);
  yield* ofRedisTls(settings.redis);
  yield* ofAuthentication(settings);
  if (settings.mail.server && !settings.mail.from) {
    yield 'MAIL_FROM: is needed with SMTP_URL: the address that mails come from, such as Box Office <tickets@shop.example>';
  }
}

function* ofTimes({ databaseUrl, postgresql, shutdownTimeoutMs, http }: Settings): Generator<string> {
  if (postgresql.lockTimeoutMs >= postgresql.statementTimeoutMs) {
    yield 'DATABASE_LOCK_TIMEOUT_MS: must be below DATABASE_STATEMENT_TIMEOUT_MS, or a wait for a lock looks like a slow statement';
  }
  if (postgresql.statementTimeoutMs >= shutdownTimeoutMs && !databaseUrl.startsWith('sqlite:')) {
    yield 'SHUTDOWN_TIMEOUT_MS: must be above DATABASE_STATEMENT_TIMEOUT_MS';
  }
  if (http.shutdownDrainMs >= shutdownTimeoutMs) {
    yield 'SHUTDOWN_DRAIN_MS: must be below SHUTDOWN_TIMEOUT_MS, which includes it';
  }
  if (http.headersTimeoutMs > http.requestTimeoutMs) {
    yield 'HTTP_HEADERS_TIMEOUT_MS: must not be above HTTP_REQUEST_TIMEOUT_MS, which includes it';
  }
}

function* ofRedisTls({ url, lockUrls, tls: { ca, certificate, key } }: Settings['redis']): Generator<string> {
  const urls = [url ?? '', ...(lockUrls ?? [])];
  if ((ca || certificate || key) && !urls.some((one) => /^rediss:/i.test(one))) {
    yield 'REDIS_TLS_*_FILE: are of no use without a rediss:// URL';
  }
  if (!certificate !== !key) yield 'REDIS_TLS_CERT_FILE: goes together with REDIS_TLS_KEY_FILE';
}

function* ofAuthentication({ nodeEnv, auth: { mode, secret, jwksUrl, audience } }: Settings): Generator<string> {
  if (nodeEnv === 'production' && !mode) {
    yield 'AUTH_MODE: must be set with NODE_ENV=production: jwt, or off when something in front knows the users';
  }
  if (mode !== 'jwt') return;
  if (!secret && !jwksUrl) yield 'AUTH_MODE: jwt needs AUTH_JWT_SECRET or AUTH_JWKS_URL';
  if (secret && jwksUrl) yield 'AUTH_JWKS_URL: cannot be used together with AUTH_JWT_SECRET';
  if (jwksUrl && !audience) {
    yield 'AUTH_AUDIENCE: is needed with AUTH_JWKS_URL: its owner signs tokens for other applications as well';
  }
}
