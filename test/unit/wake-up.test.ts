import { expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import type { PubSub } from '../../src/platform/services.ts';
import { WakeUp } from '../../src/platform/wake-up.ts';
import { eventually } from '../support/eventually.ts';

/** One process; with a gap when the test says so. */
function pubsubWithGaps() {
  const listeners = new Set<() => void>();
  const gapListeners = new Set<() => void>();
  const add = (set: Set<() => void>, listener: () => void) => {
    set.add(listener);
    return () => void set.delete(listener);
  };
  const pubsub: PubSub = {
    publish: async () => listeners.forEach((listener) => void listener()),
    subscribe: async (_topic, listener) => add(listeners, () => listener(null)),
    onGap: (listener) => add(gapListeners, listener),
    close: async () => undefined,
  };
  return { pubsub, gap: () => gapListeners.forEach((listener) => void listener()), listeners, gapListeners };
}

test('workers are woken when they are told of work, and when they may have missed that, until they listen no more', async () => {
  const { pubsub, gap, listeners, gapListeners } = pubsubWithGaps();
  const wakeUp = new WakeUp(pubsub, createLogger('silent'), 'work');
  let woken = 0;
  const end = await wakeUp.listen(() => woken++);
  wakeUp.send();
  await eventually(() => woken === 1);
  gap();
  expect(woken).toBe(2);
  end();
  expect([listeners.size, gapListeners.size]).toEqual([0, 0]);
});

test('nobody hears of a message that was not sent: there is nothing to do about it', async () => {
  const { pubsub } = pubsubWithGaps();
  const failing = { ...pubsub, publish: () => Promise.reject(new Error('no Redis')) };
  const lines: string[] = [];
  const log = createLogger('debug', { destination: { write: (line) => void lines.push(line) } });
  new WakeUp(failing, log, 'work').send();
  await eventually(() => lines.length === 1);
  expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 20, topic: 'work' });
});
