import type { Logger } from '../platform/logger.ts';
import type { PubSub } from '../platform/services.ts';

const TOPIC = 'events-cancelled';

/** Wakes the workers; best effort, as they look by themselves as well. */
export function createAnnounceCancellation(pubsub: PubSub, log: Logger): (eventId: number) => void {
  return (eventId) => {
    pubsub
      .publish(TOPIC, {})
      .catch((error: unknown) => log.debug({ err: error, eventId }, 'no worker was told that an event is cancelled'));
  };
}

/** @returns the function that ends it */
export async function onCancellation(pubsub: PubSub, wake: () => void): Promise<() => void> {
  const endGapWatch = pubsub.onGap(wake);
  const unsubscribe = await pubsub.subscribe(TOPIC, wake);
  return () => {
    endGapWatch();
    unsubscribe();
  };
}
