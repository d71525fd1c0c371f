import type { AuthConfig } from '../config.ts';
import { unauthenticated } from '../errors.ts';
import type { Logger } from '../platform/logger.ts';
import { remoteKeys, sharedSecret } from './token-keys.ts';
import { TokenVerifier } from './token-verifier.ts';
import { ANONYMOUS, ANYBODY, type Viewer } from './viewer.ts';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** Finds out who asks. */
export interface Authenticator {
  /**
   * @param credentials an Authorization header, or what a socket gave in its place; without any the viewer is anonymous
   * @throws BoxOfficeError UNAUTHENTICATED for anything but a good bearer token; SERVICE_UNAVAILABLE
   */
  identify(credentials: unknown): Viewer | Promise<Viewer>;
  close(): void;
}

export function createAuthenticator(config: AuthConfig, log: Logger, now: () => Date): Authenticator {
  if (config.mode === 'off') return { identify: () => ANYBODY, close: () => undefined };
  const keys = 'secret' in config ? sharedSecret(config.secret) : remoteKeys(config.jwksUrl, log);
  const verifier = new TokenVerifier(keys, config, now);
  return {
    identify(credentials) {
      if (credentials === undefined || credentials === null || credentials === '') return ANONYMOUS;
      const token = typeof credentials === 'string' ? BEARER.exec(credentials)?.[1] : undefined;
      if (token === undefined) throw unauthenticated('The Authorization must be a bearer token.');
      return verifier.verify(token);
    },
    close: () => verifier.close(),
  };
}
