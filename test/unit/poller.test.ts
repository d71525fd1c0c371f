import { afterEach, describe, expect, test } from 'vitest';
import { Poller, type PollerParts } from '../../src/platform/poller.ts';
import { eventually } from '../support/eventually.ts';

const NEVER_MS = 600_000;

describe('a poller', () => {
  let poller: Poller;
  const errors: unknown[] = [];
  afterEach(async () => {
    await poller.stop();
    errors.length = 0;
  });

  function start(look: PollerParts['look'], intervalMs = NEVER_MS): void {
    poller = new Poller({ intervalMs: () => intervalMs, look, onError: (error) => errors.push(error) });
    poller.start();
  }

  test('looks at once, when it is asked to, and when an interval is over', async () => {
    let looks = 0;
    const look = async () => void looks++;
    start(look);
    await eventually(() => looks === 1);
    poller.lookNow();
    await eventually(() => looks === 2);
    poller.lookIn(1);
    await eventually(() => looks === 3);
    await poller.stop();
    start(look, 1);
    await eventually(() => looks >= 6);
  });

  test('that is asked during a look looks once more behind it, and never twice at the same time', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let begun = 0;
    start(() => gates[begun++]?.promise ?? Promise.resolve());
    poller.lookNow();
    poller.lookNow();
    expect(begun).toBe(1);
    gates[0]?.resolve();
    await eventually(() => begun === 2);
    expect(poller.isDue).toBe(false);
    gates[1]?.resolve();
    await poller.stop();
    expect(begun).toBe(2);
  });

  test('tells of a look that fails, and looks again', async () => {
    let looks = 0;
    start(async () => {
      if (++looks === 1) throw new Error('away');
    });
    await eventually(() => errors.length === 1);
    poller.lookNow();
    await eventually(() => looks === 2);
    expect(errors).toEqual([new Error('away')]);
  });

  test('that is stopped aborts its signal, waits for its look within bounds, and begins no other', async () => {
    const gate = Promise.withResolvers<void>();
    let looks = 0;
    start(() => {
      looks++;
      return gate.promise;
    });
    await poller.stop(1);
    expect(poller.signal.aborted).toBe(true);
    gate.resolve();
    await poller.stop();
    expect(looks).toBe(1);
  });
});
