import type { FastifyInstance } from 'fastify';
import { Gauge } from 'prom-client';
import type { Container } from '../container.ts';
import { drainBeforeClosing } from '../http/drain.ts';
import { checkDependencies, type Purpose } from './readiness.ts';

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
  app.get('/metrics', async (_request, reply) => {
    const { registry } = metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
