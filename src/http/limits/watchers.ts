import type { Viewer } from '../../auth/viewer.ts';
import type { WebSocketLimits } from '../../config.ts';
import { PerAddress } from './per-address.ts';

/** The place of one socket among those of its watcher. */
export interface Seat {
  /** @returns the function that ends it, to be called once; null when the watcher may have no more */
  takeSubscription(): (() => void) | null;
  leave(): void;
}

const UNLIMITED: Seat = { takeSubscription: () => () => undefined, leave: () => undefined };

/**
 * How many sockets and subscriptions a watcher has: a user, or, without a token, everybody at one address. A shop that
 * watches for all its buyers does so with an organizer's token, which is not counted.
 */
export class Watchers {
  readonly #sockets: PerAddress;
  readonly #subscriptions: PerAddress;

  constructor({ maxSocketsPerWatcher, maxSubscriptionsPerWatcher }: WebSocketLimits) {
    this.#sockets = new PerAddress(maxSocketsPerWatcher);
    this.#subscriptions = new PerAddress(maxSubscriptionsPerWatcher);
  }

  /** @returns null when this watcher has all its sockets already */
  seat({ kind, userId }: Viewer, address: string): Seat | null {
    if (kind === 'organizer' && userId !== null) return UNLIMITED;
    const watcher = userId === null ? address : `user ${userId}`;
    const leave = take(this.#sockets, watcher);
    return leave && { takeSubscription: () => take(this.#subscriptions, watcher), leave };
  }
}

function take(taken: PerAddress, watcher: string): (() => void) | null {
  if (taken.isFull(watcher)) return null;
  taken.enter(watcher);
  return () => taken.leave(watcher);
}
