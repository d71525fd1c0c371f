import { basename } from 'node:path';
import { createTemplate, dropTemplate } from '../databases.ts';
import { within } from '../eventually.ts';
import { postgresVersion, startPostgresServer } from '../postgres-server.ts';
import { redisVersion, startRedisServer } from '../redis-server.ts';
import { printLine } from './programs.ts';

interface StartedService {
  readonly url: string;
  /** What serves it, for the line that names the choice. */
  readonly served: string;
  stop(): Promise<unknown>;
}

const engineAnswerMs = 5_000;
/** An image may have to be pulled, for which Testcontainers has no bound: without a registry that can take for ever. */
const containerMs = 120_000;

/** A service the tests need, and the ways to get it. */
interface ServiceKind {
  readonly name: string;
  readonly urlVariable: 'TEST_REDIS_URL' | 'TEST_POSTGRES_URL';
  readonly image: string;
  startContainer(image: string): Promise<{ url: string; stop: () => Promise<unknown> }>;
  startProgram(): Promise<{ url: string; program: string; remove: () => Promise<void> }>;
  /** Connects, and answers the server's version. */
  version(url: string): Promise<string>;
}

const REDIS: ServiceKind = {
  name: 'redis',
  urlVariable: 'TEST_REDIS_URL',
  image: 'redis:7-bookworm',
  startContainer: async (image) => {
    const { RedisContainer } = await import('@testcontainers/redis');
    const started = await new RedisContainer(image).start();
    return { url: started.getConnectionUrl(), stop: () => started.stop() };
  },
  startProgram: () => startRedisServer(),
  version: redisVersion,
};

const POSTGRES: ServiceKind = {
  name: 'postgres',
  urlVariable: 'TEST_POSTGRES_URL',
  image: 'postgres:17-bookworm',
  startContainer: async (image) => {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
    const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=300'].flatMap((one) => ['-c', one]);
    const started = await new PostgreSqlContainer(image).withCommand(['postgres', ...settings]).start();
    return { url: started.getConnectionUri(), stop: () => started.stop() };
  },
  startProgram: () => startPostgresServer(),
  version: postgresVersion,
};

interface TestServices {
  readonly env: { TEST_REDIS_URL: string; TEST_POSTGRES_URL: string; TEST_POSTGRES_TEMPLATE: string };
  stop(): Promise<void>;
}

/** The Redis, the PostgreSQL and the template database of one test run; all of them, or none and an error. */
export async function startTestServices(env: NodeJS.ProcessEnv): Promise<TestServices> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    const outcomes = [];
    for (const step of stops.reverse()) outcomes.push(...(await Promise.allSettled([step()])));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  };
  /** It answers, or this throws: tests never go on without it. */
  const provide = async (kind: ServiceKind) => {
    const service = given(kind, env) ?? (await start(kind, env));
    stops.push(service.stop);
    printLine(`${kind.name}: ${service.served} ${await kind.version(service.url)} on ${new URL(service.url).host}`);
    return service.url;
  };
  try {
    const redis = await provide(REDIS);
    const postgres = await provide(POSTGRES);
    const template = await createTemplate(postgres);
    stops.push(() => dropTemplate(postgres, template));
    return {
      env: { TEST_REDIS_URL: redis, TEST_POSTGRES_URL: postgres, TEST_POSTGRES_TEMPLATE: template },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function given({ urlVariable }: ServiceKind, env: NodeJS.ProcessEnv): StartedService | undefined {
  const url = env[urlVariable];
  return url ? { url, served: urlVariable, stop: async () => {} } : undefined;
}

async function start({ name, image, ...kind }: ServiceKind, env: NodeJS.ProcessEnv): Promise<StartedService> {
  if (env.TEST_SERVICES !== 'binaries' && (await dockerAnswers())) {
    try {
      const container = await within(containerMs, kind.startContainer(image));
      if (container) return { ...container, served: `Docker image ${image}` };
      throw new Error(`not within ${containerMs / 1_000} s`);
    } catch (error) {
      printLine(`${name}: ${image} does not start (${error}); trying programs on this machine`);
    }
  }
  const { url, program, remove } = await kind.startProgram();
  return { url, served: basename(program), stop: remove };
}

async function dockerAnswers(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  const client = await within(
    engineAnswerMs,
    getContainerRuntimeClient().catch(() => undefined),
  );
  return client !== undefined;
}
