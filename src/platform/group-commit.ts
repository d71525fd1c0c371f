import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

export interface GroupCommitLimits {
  /** Requests waiting per key; the next one is refused. */
  readonly maxWaiting: number;
  /** Requests handed over together. */
  readonly maxGroupSize: number;
}

/** One waiting request of a group. It is answered at most once; later answers are ignored. */
export class GroupMember<Request, Answer> {
  readonly waitingSince = performance.now();
  readonly promise: Promise<Answer>;
  readonly request: Request;
  #answered = false;
  #resolve!: (answer: Answer) => void;
  #reject!: (error: unknown) => void;

  constructor(request: Request) {
    this.request = request;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get answered(): boolean {
    return this.#answered;
  }

  answer(answer: Answer): void {
    this.#answered = true;
    this.#resolve(answer);
  }

  fail(error: unknown): void {
    this.#answered = true;
    this.#reject(error);
  }
}

/** Keys whose memory is kept while nobody asks for them. */
const MAX_MEMORIES = 1_000;

/**
 * `memory` is what the last group of the key left there; it starts empty, and that of a key unused for long is forgotten.
 * @returns how long, in milliseconds, the next group gathers after one of more than one request
 */
export type CommitGroup<Key, Request, Answer, Memory extends object> = (
  key: Key,
  group: readonly GroupMember<Request, Answer>[],
  memory: Partial<Memory>,
) => Promise<number>;

/**
 * Group commit, per key: one group is in flight, whoever comes meanwhile waits and joins the next.
 * At rest a group is one request and nothing is delayed; under load groups grow by themselves.
 * Keys are independent of each other.
 */
export class GroupCommit<Key extends string | number, Request, Answer, Memory extends object = object> {
  readonly #queues = new Map<Key, { waiting: GroupMember<Request, Answer>[]; open: Promise<void> }>();
  readonly #memories = new LRUCache<Key, Partial<Memory>>({ max: MAX_MEMORIES });
  readonly #commit: CommitGroup<Key, Request, Answer, Memory>;
  readonly #limits: GroupCommitLimits;
  readonly #submitted: (request: Request) => void;

  /**
   * @param commit answers every member of a group; those it leaves unanswered fail with what it throws
   * @param submitted told of each request while its caller is there
   */
  constructor(
    limits: GroupCommitLimits,
    commit: CommitGroup<Key, Request, Answer, Memory>,
    submitted: (request: Request) => void = () => undefined,
  ) {
    this.#submitted = submitted;
    this.#limits = limits;
    this.#commit = commit;
  }

  /** @returns the answer, or null when too many requests are waiting for this key already */
  submit(key: Key, request: Request): Promise<Answer> | null {
    this.#submitted(request);
    const member = new GroupMember<Request, Answer>(request);
    const queue = this.#queues.get(key);
    if (!queue) {
      const opened = { waiting: [member], open: Promise.resolve() };
      this.#queues.set(key, opened);
      opened.open = this.#serve(key, opened.waiting);
      return member.promise;
    }
    if (queue.waiting.length >= this.#limits.maxWaiting) return null;
    queue.waiting.push(member);
    return member.promise;
  }

  /** Resolves when every request that is waiting or in flight has been answered. */
  async idle(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all([...this.#queues.values()].map((queue) => queue.open));
  }

  async #serve(key: Key, waiting: GroupMember<Request, Answer>[]): Promise<void> {
    const memory = this.#memories.get(key) ?? {};
    while (waiting.length > 0) {
      // A synchronous driver such as better-sqlite3 lets no I/O happen between two groups, so nobody could join.
      await setImmediate();
      const group = waiting.splice(0, this.#limits.maxGroupSize);
      let lingerMs = 0;
      try {
        lingerMs = await this.#commit(key, group, memory);
        failUnanswered(group, new Error('A group was committed without an answer for each of its members'));
      } catch (error) {
        failUnanswered(group, error);
      }
      if (lingerMs > 0 && group.length > 1) await pause(lingerMs);
    }
    this.#queues.delete(key);
    this.#memories.set(key, memory);
  }
}

function failUnanswered<Request, Answer>(group: readonly GroupMember<Request, Answer>[], error: unknown): void {
  for (const member of group) if (!member.answered) member.fail(error);
}

export function requestsOf<Request, Answer>(group: readonly GroupMember<Request, Answer>[]): Request[] {
  return group.map((member) => member.request);
}
