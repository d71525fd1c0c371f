import { afterEach, describe, expect, test } from 'vitest';
import { ADAPTERS, type AdapterOptions, type OpenAdapters, openAdapters } from '../support/adapters.ts';
import { eventually } from '../support/eventually.ts';
import { rush } from '../support/outcomes.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';

const open: OpenAdapters[] = [];
const closeAll = () => Promise.all(open.splice(0).map((adapters) => adapters.close()));
afterEach(closeAll);

async function openPubSub(adapter: (typeof ADAPTERS)[number], options: AdapterOptions = {}) {
  const adapters = await openAdapters(adapter, options);
  open.push(adapters);
  return adapters;
}

const noting = () => {
  const hints: unknown[] = [];
  return { hints, listener: (hint: unknown) => void hints.push(hint) };
};

describe.each(ADAPTERS)('the %s pubsub', (adapter) => {
  test('loses nothing once subscribe has resolved, and keeps the order', async () => {
    const { pubsub } = await openPubSub(adapter);
    const { hints, listener } = noting();
    await pubsub.subscribe('event:1', listener);
    const sent = Array.from({ length: 100 }, (_, i) => ({ ids: [i] }));
    for (const hint of sent) await pubsub.publish('event:1', hint);
    await eventually(() => expect(hints).toEqual(sent));
  });

  test('loses nothing and keeps the order also for subscribers who come at the same time', async () => {
    const { pubsub } = await openPubSub(adapter);
    const subscribers = await rush(10, async () => {
      const subscriber = noting();
      await pubsub.subscribe('event:1', subscriber.listener);
      await pubsub.publish('event:1', 'here');
      return subscriber;
    });
    await eventually(() => {
      for (const { hints } of subscribers) expect(hints.length).toBeGreaterThanOrEqual(1);
    });
  });

  test('tells every listener of a topic, and nobody else', async () => {
    const { pubsub } = await openPubSub(adapter);
    const [one, two, elsewhere] = [noting(), noting(), noting()];
    await pubsub.subscribe('event:1', one.listener);
    await pubsub.subscribe('event:1', two.listener);
    await pubsub.subscribe('event:11', elsewhere.listener);
    await pubsub.publish('event:1', { ids: [7] });
    await pubsub.publish('event:11', 'end');
    await eventually(() => expect(elsewhere.hints).toEqual(['end']));
    expect([one.hints, two.hints]).toEqual([[{ ids: [7] }], [{ ids: [7] }]]);
  });

  test('is quiet for whoever has unsubscribed, and goes on for the others', async () => {
    const { pubsub } = await openPubSub(adapter);
    const [leaving, staying] = [noting(), noting()];
    const unsubscribe = await pubsub.subscribe('event:1', leaving.listener);
    await pubsub.subscribe('event:1', staying.listener);
    unsubscribe();
    await new Promise(setImmediate);
    await pubsub.publish('event:1', 'later');
    await eventually(() => expect(staying.hints).toEqual(['later']));
    expect(leaving.hints).toEqual([]);
  });

  test('can be subscribed to again right after the last listener has left', async () => {
    const { pubsub } = await openPubSub(adapter);
    const [first, second] = [noting(), noting()];
    for (let round = 0; round < 5; round++) (await pubsub.subscribe('event:1', first.listener))();
    await pubsub.subscribe('event:1', second.listener);
    await pubsub.publish('event:1', 'again');
    await eventually(() => expect(second.hints).toEqual(['again']));
    expect(first.hints).toEqual([]);
  });
});

describe('the redis pubsub', () => {
  test('carries hints between the processes of one installation, not to another', async () => {
    const one = await openPubSub('redis');
    const two = await openPubSub('redis', one);
    const stranger = await openPubSub('redis');
    const [here, there] = [noting(), noting()];
    await two.pubsub.subscribe('event:1', here.listener);
    await stranger.pubsub.subscribe('event:1', there.listener);
    await one.pubsub.publish('event:1', 'ours');
    await stranger.pubsub.publish('event:1', 'theirs');
    await eventually(() => expect([here.hints, there.hints]).toEqual([['ours'], ['theirs']]));
  });

  describe('with a Redis that goes away', () => {
    let redis: RedisServer | undefined;
    afterEach(async () => {
      await closeAll();
      await redis?.remove();
    });

    test('says that there was a gap once it is back, and hints flow again', async () => {
      redis = await startRedisServer();
      const { pubsub } = await openPubSub('redis', { redisUrl: redis.url });
      const { hints, listener } = noting();
      let gaps = 0;
      pubsub.onGap(() => gaps++);
      const endWatch = pubsub.onGap(() => {
        throw new Error('this watch has ended');
      });
      endWatch();
      await pubsub.subscribe('event:1', listener);
      await redis.stop();
      await eventually(() => expect(pubsub.publish('event:1', 'lost')).rejects.toThrow());
      expect(gaps).toBe(0);
      await redis.start();
      await eventually(() => expect(gaps).toBe(1), { timeoutMs: 15_000 });
      await eventually(
        async () => {
          await pubsub.publish('event:1', 'back');
          expect(hints).toContain('back');
        },
        { timeoutMs: 15_000 },
      );
    });

    test('does not keep a subscriber waiting for that, who hears once it is there', async () => {
      redis = await startRedisServer();
      const { pubsub } = await openPubSub('redis', { redisUrl: redis.url });
      await redis.stop();
      const { hints, listener } = noting();
      await pubsub.subscribe('event:1', listener);
      await redis.start();
      await eventually(
        async () => {
          await pubsub.publish('event:1', 'there');
          expect(hints).toContain('there');
        },
        { timeoutMs: 15_000 },
      );
    });
  });
});
