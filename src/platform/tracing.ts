import type { Telemetry } from 'bullmq';

/** Follows what happens to a request from one part, and one process, to the next. */
export interface Tracing {
  readonly on: boolean;
  /** For BullMQ, which takes it along with its messages. */
  readonly ofQueue?: Telemetry;
  /** Runs `work` as a step of whatever it is called in. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Runs `work` as a step of the first of these requests, with a link to each. */
  group<T>(name: string, requests: readonly object[], work: () => Promise<T>): Promise<T>;
  /** Remembers of a request what it is a step of, for the group that it is served in. */
  mark(request: object): void;
  /** @returns `work`, which belongs to what is under way now whenever it is called */
  bind<Work extends () => unknown>(work: Work): Work;
  /** What a message takes along to another process; undefined: nothing. */
  outgoing(): Readonly<Record<string, string>> | undefined;
  /** Runs `work` as a step of what a message from another process brought along. */
  incoming(name: string, carrier: unknown, work: () => void | Promise<void>): void;
  /** What each line of the log has, of what it was written in. */
  idsForLog(): object;
  /** Sends what is left, for at most two seconds. */
  close(): Promise<void>;
}

/** Costs nothing. */
export const NO_TRACING: Tracing = {
  on: false,
  step: (_name, work) => work(),
  group: (_name, _requests, work) => work(),
  mark: () => undefined,
  bind: (work) => work,
  outgoing: () => undefined,
  incoming: (_name, _carrier, work) => void work(),
  idsForLog: () => ({}),
  close: async () => undefined,
};
