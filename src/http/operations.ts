import type { FastifyInstance } from 'fastify';
import type { Container } from '../container.ts';

const DATABASE_PING_TIMEOUT_MS = 2_000;

/** For whoever runs the box office: is it alive, can it work, what are its figures. */
export function registerOperations(app: FastifyInstance, container: Container): void {
  app.get('/livez', { config: { anyHost: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { config: { anyHost: true } }, async (_request, reply) => {
    const checks = await readiness(container);
    const ready = Object.values(checks).every((check) => check === 'ok');
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', checks });
  });
  app.get('/metrics', async (_request, reply) => {
    const { registry } = container.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

async function readiness({ db, services, config }: Container): Promise<Record<string, 'ok' | 'unavailable'>> {
  const timeout = new Promise<false>((resolve) => setTimeout(resolve, DATABASE_PING_TIMEOUT_MS, false).unref());
  const database = db.ping().then(
    () => true,
    () => false,
  );
  const [databaseReady, redisReady] = await Promise.all([Promise.race([database, timeout]), services.ready()]);
  return {
    database: databaseReady ? 'ok' : 'unavailable',
    ...(config.redis && { redis: redisReady ? 'ok' : ('unavailable' as const) }),
  };
}
