import { lockMetrics } from './metrics/lock-metrics.ts';
import { createFactory } from './metrics/registry.ts';
import { salesMetrics } from './metrics/sales-metrics.ts';
import { trafficMetrics } from './metrics/traffic-metrics.ts';
import { workerMetrics } from './metrics/worker-metrics.ts';

/** Figures for Prometheus, served at /metrics. One set per container, so that tests can run several. */
export function createMetrics() {
  const factory = createFactory();
  const { registry, gaugeWhenRead } = factory;
  return {
    registry,
    gaugeWhenRead,
    ...salesMetrics(factory),
    ...lockMetrics(factory),
    ...workerMetrics(factory),
    ...trafficMetrics(factory),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
