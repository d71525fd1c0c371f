import type { Database } from './database.ts';
import type { PubSub } from './services.ts';
import type { Tracing } from './tracing.ts';

/** Each transaction is a step. */
export function tracedDatabase(db: Database, tracing: Tracing): Database {
  return {
    ...db,
    transaction: (name, work) => tracing.step(`transaction ${name}`, () => db.transaction(name, work)),
  };
}

/** A hint takes along what it was sent in. */
export function tracedPubSub(pubsub: PubSub, tracing: Tracing): PubSub {
  return {
    publish: (topic, hint) => pubsub.publish(topic, isObject(hint) ? { ...hint, trace: tracing.outgoing() } : hint),
    subscribe: (topic, listener) =>
      pubsub.subscribe(topic, (hint) =>
        tracing.incoming('push', isObject(hint) ? hint['trace'] : undefined, () => listener(hint)),
      ),
    onGap: (listener) => pubsub.onGap(listener),
    close: () => pubsub.close(),
  };
}

function isObject(hint: unknown): hint is Record<string, unknown> {
  return typeof hint === 'object' && hint !== null;
}
