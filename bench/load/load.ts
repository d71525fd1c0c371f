/** POST requests, sent over and over on keep-alive connections, each as soon as the last one is answered. */
export interface Load {
  readonly url: string;
  /** Taken in turn. */
  readonly bodies: readonly string[];
  /** The Authorization header of each body; none when absent. Only autocannon sends them. */
  readonly authorizations?: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

/** What came back. Latencies are of the answers with 2xx. */
export interface LoadResult {
  /** With 2xx; those that were still in flight at the end are not counted. */
  readonly answers: number;
  /** Other statuses, broken connections and timeouts. */
  readonly failures: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type Generator = (load: Load) => Promise<LoadResult>;
