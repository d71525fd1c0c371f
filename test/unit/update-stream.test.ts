import { describe, expect, test, vi } from 'vitest';
import { UpdateStream } from '../../src/bookings/live/update-stream.ts';

const done = { done: true, value: undefined };
const next = <T>(value: T) => ({ done: false, value });

describe('an update stream', () => {
  test('keeps the newest unread value of each key, in the order the keys came', async () => {
    const dropped = vi.fn();
    const stream = new UpdateStream<string>(10, dropped);
    for (const [key, value] of [
      ['a', 'a1'],
      ['b', 'b1'],
      ['a', 'a2'],
    ] as const)
      stream.push(key, value);
    expect([await stream.next(), await stream.next()]).toEqual([next('a2'), next('b1')]);
    expect(dropped).toHaveBeenCalledOnce();
  });

  test('hands a value to a client that waits', async () => {
    const stream = new UpdateStream<string>();
    const waiting = stream.next();
    stream.push('a', 'a1');
    stream.push('a', 'a2');
    expect([await waiting, await stream.next()]).toEqual([next('a1'), next('a2')]);
  });

  test('completes after the values that are unread, and stays completed', async () => {
    const stream = new UpdateStream<string>();
    stream.push('a', 'last');
    stream.complete();
    stream.push('a', 'too late');
    expect([await stream.next(), await stream.next(), await stream.next()]).toEqual([next('last'), done, done]);
  });

  test('completes for a client that waits', async () => {
    const stream = new UpdateStream<string>();
    const waiting = stream.next();
    stream.complete();
    expect(await waiting).toEqual(done);
  });

  test('is released at once when the client leaves, also while it waits', async () => {
    const stream = new UpdateStream<string>();
    const release = vi.fn();
    stream.onRelease(release);
    const waiting = stream.next();
    const leaving = stream.return();
    expect(release).toHaveBeenCalledTimes(1);
    expect([await waiting, await leaving, await stream.next()]).toEqual([done, done, done]);
  });

  test('drops what is unread when the client leaves', async () => {
    const stream = new UpdateStream<string>();
    stream.push('a', 'unread');
    await stream.return();
    expect(await stream.next()).toEqual(done);
  });

  test('is released once, whatever ends it and however often', async () => {
    const stream = new UpdateStream<string>();
    const [early, late] = [vi.fn(), vi.fn()];
    stream.onRelease(early);
    stream.complete();
    stream.fail(new Error('late'));
    await stream.return();
    await stream.throw(new Error('thrown')).catch(() => undefined);
    stream.onRelease(late);
    expect([early.mock.calls.length, late.mock.calls.length, stream.ended]).toEqual([1, 1, true]);
  });

  test('fails a client that leaves too many keys unread, and keeps nothing for it', async () => {
    const stream = new UpdateStream<string>(2);
    const release = vi.fn();
    stream.onRelease(release);
    for (const key of ['a', 'b', 'a', 'c']) stream.push(key, key);
    expect(release).toHaveBeenCalledTimes(1);
    await expect(stream.next()).rejects.toThrow('more than 2 updates');
    expect(await stream.next()).toEqual(done);
  });

  test('fails a client that waits', async () => {
    const stream = new UpdateStream<string>();
    const waiting = stream.next();
    stream.fail(new Error('broken'));
    await expect(waiting).rejects.toThrow('broken');
    expect(await stream.return()).toEqual(done);
  });

  test('can be read with for await', async () => {
    const stream = new UpdateStream<number>(3);
    for (const n of [1, 2, 3]) stream.push(n, n);
    stream.complete();
    const read: number[] = [];
    for await (const n of stream) read.push(n);
    expect(read).toEqual([1, 2, 3]);
  });
});
