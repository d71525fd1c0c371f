import { dockerHas } from './docker-engine.ts';
import { postgresService } from './postgres-service.ts';
import { createTemplate, dropTemplate } from './postgres-template.ts';
import { printLine } from './print-line.ts';
import { provideService } from './provide-service.ts';
import { redisService } from './redis-service.ts';

export interface TestServices {
  env: { TEST_REDIS_URL: string; TEST_POSTGRES_URL: string; TEST_POSTGRES_TEMPLATE: string };
  stop(): Promise<void>;
}

/** The Redis, the PostgreSQL and the template database of one test run; all of them, or none and an error. */
export async function startTestServices(env: NodeJS.ProcessEnv, print = printLine): Promise<TestServices> {
  const missing = [redisService, postgresService].filter((kind) => !env[kind.urlVariable]);
  const useDocker =
    missing.length > 0 &&
    env.TEST_SERVICES !== 'binaries' &&
    (await dockerHas(
      missing.map((kind) => kind.image),
      print,
    ));

  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    const outcomes = [];
    for (const step of stops.reverse()) outcomes.push(...(await Promise.allSettled([step()])));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  };
  try {
    const redis = await provideService(redisService, env, { useDocker, print });
    stops.push(redis.stop);
    const postgres = await provideService(postgresService, env, { useDocker, print });
    stops.push(postgres.stop);
    const template = await createTemplate(postgres.url);
    stops.push(() => dropTemplate(postgres.url, template));
    return {
      env: { TEST_REDIS_URL: redis.url, TEST_POSTGRES_URL: postgres.url, TEST_POSTGRES_TEMPLATE: template },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
