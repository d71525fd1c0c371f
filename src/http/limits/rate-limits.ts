import { RateLimiterRes } from 'rate-limiter-flexible';
import { laneOf } from '../../auth/permissions.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { Lane, LaneLimits, RateLimitConfig } from '../../config.ts';
import { rateLimited } from '../../errors.ts';
import type { CreateLimiter, Limiter } from '../../platform/services.ts';
import { addressKey } from './address-key.ts';

/** Whose operations, of which lane. */
type LimitName = `${'user' | 'address'}-${Lane}`;

interface Limit {
  readonly name: LimitName;
  readonly limiter: Limiter;
}

type Lanes = Readonly<Record<Lane, Limit | null>>;

/**
 * Operations of one user, and of one address, within a window. Users are counted when their tokens say who they are;
 * organizers are not, because a shop books for all its buyers with one token.
 */
export class RateLimits {
  readonly #perUser: Lanes;
  readonly #perAddress: Lanes;
  readonly #onRefused: (limit: LimitName) => void;

  constructor(
    { windowSeconds, perUser, perAddress }: RateLimitConfig,
    createLimiter: CreateLimiter,
    onRefused: (limit: LimitName) => void,
  ) {
    const lanes = (whose: 'user' | 'address', limits: LaneLimits): Lanes => {
      const limit = (lane: Lane): Limit | null => {
        const name = `${whose}-${lane}` as const;
        const points = limits[lane];
        return points === 0 ? null : { name, limiter: createLimiter(name, { points, seconds: windowSeconds }) };
      };
      return { booking: limit('booking'), reading: limit('reading') };
    };
    this.#perUser = lanes('user', perUser);
    this.#perAddress = lanes('address', perAddress);
    this.#onRefused = onRefused;
  }

  /** @returns undefined when nothing limits this operation, else a promise that rejects with RATE_LIMITED when it is too much */
  admit(operation: string, { kind, userId }: Viewer, address: string): Promise<unknown> | undefined {
    const lane = laneOf(operation);
    const ofUser = userId === null || kind === 'organizer' ? null : this.#perUser[lane];
    const ofAddress = this.#perAddress[lane];
    if (!ofUser && !ofAddress) return undefined;
    return Promise.all([this.#take(ofUser, userId ?? ''), this.#take(ofAddress, addressKey(address))]);
  }

  async #take(limit: Limit | null, key: string): Promise<void> {
    try {
      await limit?.limiter.consume(key);
    } catch (refused) {
      if (!limit || !(refused instanceof RateLimiterRes)) throw refused;
      this.#onRefused(limit.name);
      throw rateLimited(Math.max(1, refused.msBeforeNext));
    }
  }
}
