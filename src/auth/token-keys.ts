import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import type { Logger } from '../platform/logger.ts';
import { fetchKeys, withoutCredentials } from './fetch-keys.ts';

/** Keys that the identity provider no longer shows are forgotten within this time. */
const REFRESH_INTERVAL_MS = 600_000;
const FETCH_TIMEOUT_MS = 2_000;
/** A token with an unknown key makes us ask again, this often at most. */
const COOLDOWN_MS = 10_000;

export interface TokenKeys {
  readonly algorithms: string[];
  readonly key: Uint8Array | JWTVerifyGetKey;
  close(): void;
}

/** One secret that signs and checks (HS256). */
export function sharedSecret(secret: string): TokenKeys {
  return { algorithms: ['HS256'], key: new TextEncoder().encode(secret), close: () => undefined };
}

/**
 * The public keys of an identity provider. They are kept: while the URL is down, tokens of known keys are still checked.
 * A shared secret is never accepted here, so that no public key can be passed off as one.
 */
export function remoteKeys(url: string, log: Logger, cooldownMs = COOLDOWN_MS): TokenKeys {
  const { address, headers } = withoutCredentials(url);
  const keys = createRemoteJWKSet(address, {
    headers,
    [customFetch]: fetchKeys,
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: cooldownMs,
    cacheMaxAge: Number.POSITIVE_INFINITY,
  });
  const refresh = () =>
    keys.reload().catch((error: unknown) => log.warn({ err: error }, 'the keys of AUTH_JWKS_URL cannot be read'));
  void refresh();
  const timer = setInterval(refresh, REFRESH_INTERVAL_MS).unref();
  return { algorithms: ['RS256', 'ES256', 'EdDSA'], key: keys, close: () => clearInterval(timer) };
}
