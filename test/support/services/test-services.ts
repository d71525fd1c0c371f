import { basename } from 'node:path';
import { createTemplate, dropTemplate } from '../databases.ts';
import { postgresVersion, startPostgresServer } from '../postgres-server.ts';
import { redisVersion, startRedisServer } from '../redis-server.ts';
import { dockerHas, startReapedContainer } from './containers.ts';
import { printLine } from './programs.ts';

interface StartedService {
  readonly url: string;
  /** What serves it, for the line that names the choice. */
  readonly served: string;
  stop(): Promise<void>;
}

/** A service the tests need, and the ways to get it. */
interface ServiceKind {
  readonly name: string;
  readonly urlVariable: 'TEST_REDIS_URL' | 'TEST_POSTGRES_URL';
  readonly image: string;
  startContainer(image: string): Promise<{ url: string; stop: () => Promise<void> }>;
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
    const { started, stop } = await startReapedContainer(new RedisContainer(image));
    return { url: started.getConnectionUrl(), stop };
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
    const container = new PostgreSqlContainer(image).withCommand(['postgres', ...settings]);
    const { started, stop } = await startReapedContainer(container);
    return { url: started.getConnectionUri(), stop };
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
  const missing = [REDIS, POSTGRES].filter((kind) => !env[kind.urlVariable]).map(({ image }) => image);
  const useDocker = missing.length > 0 && env.TEST_SERVICES !== 'binaries' && (await dockerHas(missing));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    const outcomes = [];
    for (const step of stops.reverse()) outcomes.push(...(await Promise.allSettled([step()])));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  };
  /** It answers, or this throws: tests never go on without it. */
  const provide = async (kind: ServiceKind) => {
    const service = given(kind, env) ?? (await start(kind, useDocker));
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

async function start({ name, image, ...kind }: ServiceKind, useDocker: boolean): Promise<StartedService> {
  if (useDocker) {
    try {
      return { ...(await kind.startContainer(image)), served: `Docker image ${image}` };
    } catch (error) {
      printLine(`${name}: ${image} does not start (${error}); trying programs on this machine`);
    }
  }
  const { url, program, remove } = await kind.startProgram();
  return { url, served: basename(program), stop: remove };
}
