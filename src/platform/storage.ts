/** What a database's connection cannot promise by itself: that a commit is where the next process will find it. */
export interface Storage {
  /** @throws when nothing may begin any more in this process */
  assertUsable(): void;
  /** To be called right before a commit. @throws when it would be lost, or nothing may be committed any more */
  assertInPlace(): void;
  /** Resolves when everything that was committed so far, by any process, is on the disk. */
  durable(): Promise<void>;
  /** To be told of a transaction that failed: some failures say that the disk cannot be trusted. */
  failed(error: unknown): Promise<void>;
  close(): Promise<void>;
}

/** PostgreSQL answers a COMMIT when it is on its disk, and looks after its own files. */
export const STORED_BY_THE_SERVER: Storage = {
  assertUsable: () => undefined,
  assertInPlace: () => undefined,
  durable: async () => undefined,
  failed: async () => undefined,
  close: async () => undefined,
};
