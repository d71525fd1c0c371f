import type { Authenticator } from '../auth/authenticator.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RequestFailures } from './request-failures.ts';

/** What a server needs whatever it serves. */
export interface ServerParts {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  readonly failures: RequestFailures;
}
