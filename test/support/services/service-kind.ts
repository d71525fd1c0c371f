export interface StartedService {
  url: string;
  /** What serves it, for the line that names the choice. */
  served: string;
  stop(): Promise<void>;
}

/** A service the tests need, and the ways to get it. */
export interface ServiceKind {
  name: string;
  urlVariable: 'TEST_REDIS_URL' | 'TEST_POSTGRES_URL';
  image: string;
  startContainer(): Promise<StartedService>;
  startProgram(): Promise<StartedService>;
  /** Connects, and answers the server's version. */
  version(url: string): Promise<string>;
}
