// redlock 5.0.0-beta.2 ships its types outside its `exports`; this declares what we use of them.
declare module 'redlock' {
  import type { Redis } from 'ioredis';

  export interface ExecutionStats {
    readonly votesAgainst: ReadonlyMap<Redis, Error>;
  }

  export class ResourceLockedError extends Error {}

  export class ExecutionError extends Error {
    readonly attempts: readonly Promise<ExecutionStats>[];
  }

  export interface Lock {
    release(): Promise<unknown>;
  }

  export interface Settings {
    readonly retryCount: number;
    readonly retryDelay: number;
    readonly retryJitter: number;
  }

  export default class Redlock {
    constructor(clients: Iterable<Redis>, settings?: Partial<Settings>);
    acquire(resources: string[], durationMs: number, settings?: Partial<Settings>): Promise<Lock>;
  }
}
