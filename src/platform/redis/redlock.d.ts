// redlock 5.0.0-beta.2 ships its types outside its `exports`; this declares what we use of them.
declare module 'redlock' {
  import type { Redis } from 'ioredis';

  /** What redlock asks of a Redis. */
  export interface Client {
    evalsha(...args: Parameters<Redis['evalsha']>): Promise<unknown>;
    eval(...args: Parameters<Redis['eval']>): Promise<unknown>;
  }

  export class ExecutionError extends Error {}

  export interface Lock {
    release(): Promise<unknown>;
  }

  export interface Settings {
    readonly retryCount: number;
    readonly retryDelay: number;
    readonly retryJitter: number;
  }

  export default class Redlock {
    constructor(clients: Iterable<Client>, settings?: Partial<Settings>);
    acquire(resources: string[], durationMs: number, settings?: Partial<Settings>): Promise<Lock>;
  }
}
