import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CommitGroup, GroupCommit } from '../../src/platform/group-commit.ts';

interface Memory {
  groups: number;
}
type Commit = CommitGroup<string, number, string, Memory>;
/** So long that a few turns of the event loop fit in, whatever else the machine does. */
const REST_MS = 1_000;
const UNLIMITED = { maxWaiting: 1_000, maxGroupSize: 1_000 };

/** Commits nothing before its door is opened, and notes the groups it was handed. */
function gated(more?: (...args: Parameters<Commit>) => Promise<void>, lingerMs = 0) {
  const groups: number[][] = [];
  const door = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const commit: Commit = async (key, group, memory) => {
    groups.push(group.map(({ request }) => request));
    first.resolve();
    await door.promise;
    await more?.(key, group, memory);
    for (const member of group) if (!member.answered) member.answer(`${key}${member.request}`);
    return lingerMs;
  };
  return { commit, groups, started: first.promise, open: door.resolve };
}

describe('group commit', () => {
  test('hands over one request at rest, and everybody who came meanwhile together', async () => {
    const { commit, groups, started, open } = gated();
    const desks = new GroupCommit(UNLIMITED, commit);
    const first = desks.submit('a', 0);
    await started;
    const others = [1, 2, 3].map((request) => desks.submit('a', request));
    open();
    expect(await Promise.all([first, ...others])).toEqual(['a0', 'a1', 'a2', 'a3']);
    expect(groups).toEqual([[0], [1, 2, 3]]);
  });

  test('lets the next group gather after one of several, when it is told to', async () => {
    const { commit, groups, started, open } = gated(undefined, REST_MS);
    const desks = new GroupCommit(UNLIMITED, commit);
    const first = desks.submit('a', 0);
    await started;
    const several = [desks.submit('a', 1), desks.submit('a', 2)];
    open();
    await Promise.all([first, ...several]);
    const later = [desks.submit('a', 3)];
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    later.push(desks.submit('a', 4));
    await Promise.all(later);
    expect(groups).toEqual([[0], [1, 2], [3, 4]]);
  });

  test('lets nobody wait behind one request, whatever it is told', async () => {
    const desks = new GroupCommit<string, number, string>(UNLIMITED, async (key, group) => {
      for (const member of group) member.answer(key);
      return 3_600_000;
    });
    await desks.submit('a', 0);
    await desks.idle();
    expect(await desks.submit('a', 1)).toBe('a');
  });

  test('keeps groups within their bound, in order of arrival', async () => {
    const { commit, groups, open } = gated();
    const desks = new GroupCommit({ ...UNLIMITED, maxGroupSize: 2 }, commit);
    const answers = [0, 1, 2, 3, 4].map((request) => desks.submit('a', request));
    open();
    await Promise.all(answers);
    expect(groups).toEqual([[0, 1], [2, 3], [4]]);
  });

  test('refuses with null when too many wait for a key, at once and for that key only', async () => {
    const { commit, started, open } = gated();
    const desks = new GroupCommit({ ...UNLIMITED, maxWaiting: 2 }, commit);
    const first = desks.submit('a', 0);
    await started;
    const waiting = [desks.submit('a', 1), desks.submit('a', 2)];
    expect(desks.submit('a', 3)).toBeNull();
    const other = desks.submit('b', 4);
    expect(other).not.toBeNull();
    open();
    await Promise.all([first, ...waiting, other]);
    expect(await desks.submit('a', 5)).toBe('a5');
  });

  test('does not let one key wait for another', async () => {
    const stuck = Promise.withResolvers<void>();
    const desks = new GroupCommit<string, number, string>(UNLIMITED, async (key, group) => {
      if (key === 'stuck') await stuck.promise;
      for (const member of group) member.answer(key);
      return 0;
    });
    const waiting = desks.submit('stuck', 1);
    expect(await desks.submit('free', 1)).toBe('free');
    stuck.resolve();
    expect(await waiting).toBe('stuck');
  });

  test('fails the unanswered members of a commit that fails, and goes on with the next group', async () => {
    const broken = new Error('broken');
    const { commit, open } = gated(async (_key, group) => {
      if (!group.some(({ request }) => request === 1)) return;
      group[0]?.answer('answered before');
      throw broken;
    });
    const desks = new GroupCommit({ ...UNLIMITED, maxGroupSize: 2 }, commit);
    const answers = [0, 1, 2].map((request) => desks.submit('a', request) as Promise<string>);
    open();
    expect(await Promise.allSettled(answers)).toEqual([
      { status: 'fulfilled', value: 'answered before' },
      { status: 'rejected', reason: broken },
      { status: 'fulfilled', value: 'a2' },
    ]);
  });

  test('fails a member that was forgotten instead of letting it wait for ever', async () => {
    const desks = new GroupCommit<string, number, string>(UNLIMITED, async () => 0);
    await expect(desks.submit('a', 1)).rejects.toThrow('without an answer');
  });

  test('takes the first answer of a member', async () => {
    const desks = new GroupCommit<string, number, string>(UNLIMITED, async (_key, [member]) => {
      member?.answer('first');
      member?.answer('second');
      member?.fail(new Error('third'));
      return 0;
    });
    expect(await desks.submit('a', 1)).toBe('first');
  });

  test('a member tells whether it was answered, or has failed', async () => {
    const told: boolean[] = [];
    const desks = new GroupCommit<string, number, string>(UNLIMITED, async (_key, [one, other]) => {
      told.push(one?.answered === true, other?.answered === true);
      one?.answer('done');
      other?.fail(new Error('broken'));
      told.push(one?.answered === true, other?.answered === true);
      return 0;
    });
    await Promise.allSettled([desks.submit('a', 1), desks.submit('a', 2)]);
    expect(told).toEqual([false, false, true, true]);
  });

  describe('in its memory', () => {
    const seen: (number | undefined)[] = [];
    const noting: Commit = async (_, group, memory) => {
      seen.push(memory.groups);
      memory.groups = (memory.groups ?? 0) + 1;
      for (const member of group) member.answer('');
      return 0;
    };
    beforeEach(() => void seen.splice(0));

    test('has what the last group of the key left there, also after a rest', async () => {
      const desks = new GroupCommit<string, number, string, Memory>({ ...UNLIMITED, maxGroupSize: 1 }, noting);
      await Promise.all([desks.submit('a', 1), desks.submit('a', 2)]);
      await desks.idle();
      await desks.submit('a', 3);
      await desks.submit('b', 4);
      expect(seen).toEqual([undefined, 1, 2, undefined]);
    });

    test('has nothing any more of a key that was not used for a thousand others', async () => {
      const desks = new GroupCommit<string, number, string, Memory>(UNLIMITED, noting);
      await desks.submit('a', 1);
      await desks.submit('b', 1);
      for (let key = 0; key < 998; key++) await desks.submit(`${key}`, 1);
      await desks.submit('a', 1);
      await desks.submit('c', 1);
      seen.splice(0);
      for (const key of ['a', 'b']) await desks.submit(key, 1);
      expect(seen).toEqual([2, undefined]);
    });
  });

  test('is idle when everybody has been answered, at once when nobody came', async () => {
    const { commit, groups, open } = gated();
    const desks = new GroupCommit({ ...UNLIMITED, maxGroupSize: 1 }, commit);
    await desks.idle();
    for (const key of ['a', 'a', 'b']) void desks.submit(key, 1);
    const idle = desks.idle().then(() => groups.length);
    open();
    expect(await idle).toBe(3);
  });
});
