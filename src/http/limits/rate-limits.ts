import { RateLimiterRes } from 'rate-limiter-flexible';
import { laneOf } from '../../auth/permissions.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { Lane, LaneLimits, RateLimitConfig } from '../../config.ts';
import { rateLimited } from '../../errors.ts';
import type { CreateLimiter, Limiter } from '../../platform/services.ts';
import { addressKey } from './address-key.ts';

type Lanes = Readonly<Record<Lane, Limiter | null>>;

/**
 * Operations of one user, and of one address, within a window. Users are counted when their tokens say who they are;
 * organizers are not, because a shop books for all its buyers with one token.
 */
export class RateLimits {
  readonly #perUser: Lanes;
  readonly #perAddress: Lanes;

  constructor({ windowSeconds, perUser, perAddress }: RateLimitConfig, createLimiter: CreateLimiter) {
    const lanes = (whose: string, limits: LaneLimits): Lanes => {
      const limiter = (lane: Lane) =>
        limits[lane] === 0 ? null : createLimiter(`${whose}-${lane}`, { points: limits[lane], seconds: windowSeconds });
      return { booking: limiter('booking'), reading: limiter('reading') };
    };
    this.#perUser = lanes('user', perUser);
    this.#perAddress = lanes('address', perAddress);
  }

  /** @returns undefined when nothing limits this operation, else a promise that rejects with RATE_LIMITED when it is too much */
  admit(operation: string, { kind, userId }: Viewer, address: string): Promise<void> | undefined {
    const lane = laneOf(operation);
    const ofUser = userId === null || kind === 'organizer' ? null : this.#perUser[lane];
    const ofAddress = this.#perAddress[lane];
    return ofUser || ofAddress ? take(ofUser, userId ?? '', ofAddress, address) : undefined;
  }
}

async function take(ofUser: Limiter | null, userId: string, ofAddress: Limiter | null, address: string): Promise<void> {
  try {
    await Promise.all([ofUser?.consume(userId), ofAddress?.consume(addressKey(address))]);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) throw rateLimited(Math.max(1, refused.msBeforeNext));
    throw refused;
  }
}
