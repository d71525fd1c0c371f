import type { FastifyInstance } from 'fastify';
import { Gauge } from 'prom-client';
import type { Container } from '../container.ts';
import { drainBeforeClosing } from '../http/drain.ts';
import type { TableWrite } from '../platform/write-check.ts';
import { showBacklog } from './backlog-metrics.ts';

/** For whoever runs the box office: is it alive, can it do what it is for, what are its figures. */
export function registerHealth(app: FastifyInstance, container: Container, purpose: Purpose): void {
  const { metrics, config } = container;
  const drain = drainBeforeClosing(app, config.http.shutdownDrainMs);
  app.get('/livez', { config: { anyHost: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { config: { anyHost: true } }, async (_request, reply) => {
    if (drain.begun) return reply.code(503).send({ status: 'stopping', checks: {} });
    const checks = await checkDependencies(container, purpose);
    // Bookings are sold, and finalized, without Redis.
    const ready = checks.database === 'ok';
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', checks });
  });
  new Gauge({
    name: 'boxoffice_dependency_up',
    help: 'Whether a dependency answers and does what it is needed for (1) or not (0)',
    labelNames: ['dependency'],
    registers: [metrics.registry],
    async collect() {
      for (const [dependency, state] of Object.entries(await checkDependencies(container, purpose))) {
        this.set({ dependency }, state === 'ok' ? 1 : 0);
      }
    },
  });
  showBacklog(container);
  app.get('/metrics', async (_request, reply) => {
    const { registry } = metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** By then a database that does not answer counts as away. */
const DATABASE_TIMEOUT_MS = 2_000;

type Check = 'ok' | 'unavailable';
type Checks = Readonly<Record<string, Check>> & { readonly database: Check };

/** What a process does is what it must be able to write. */
export const NEEDED_WRITES = {
  selling: [
    ['INSERT', 'bookings'],
    ['UPDATE', 'events'],
  ],
  finalizing: [
    ['UPDATE', 'bookings'],
    ['UPDATE', 'events'],
    ['INSERT', 'tickets'],
  ],
} as const satisfies Record<string, readonly TableWrite[]>;

export type Purpose = keyof typeof NEEDED_WRITES;

/** How what a process depends on is doing. Resolves within about two seconds. */
async function checkDependencies({ writeCheck, services, config }: Container, purpose: Purpose): Promise<Checks> {
  const timeout = new Promise<false>((resolve) => setTimeout(resolve, DATABASE_TIMEOUT_MS, false).unref());
  const writable = writeCheck.assertWritable(NEEDED_WRITES[purpose]).then(
    () => true,
    () => false,
  );
  const [database, redis] = await Promise.all([Promise.race([writable, timeout]), services.ready()]);
  return { database: check(database), ...(config.redis && { redis: check(redis) }) };
}

function check(ok: boolean): Check {
  return ok ? 'ok' : 'unavailable';
}
