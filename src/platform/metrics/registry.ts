import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Gauges of Node's that are named as counters, which `promtool check metrics` does not let pass. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Makes figures of one registry. Labels have few values, known beforehand: never an event, a user, or what a client wrote. */
export function createFactory() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const registers = [registry];
  return {
    registry,
    counter: (name: string, help: string, ...labelNames: string[]) =>
      new Counter({ name, help, labelNames, registers }),
    gauge: (name: string, help: string, ...labelNames: string[]) => new Gauge({ name, help, labelNames, registers }),
    /** @param collect called for each scrape, before the gauge is read */
    gaugeWhenRead: (name: string, help: string, collect: (gauge: Gauge) => void | Promise<void>, label?: string) =>
      new Gauge({
        name,
        help,
        registers,
        labelNames: label === undefined ? [] : [label],
        collect() {
          return collect(this);
        },
      }),
    histogram: (name: string, help: string, buckets: readonly number[], ...labelNames: string[]) =>
      new Histogram({ name, help, buckets: [...buckets], labelNames, registers }),
  };
}

/** Of a series that comes into being with its first event Prometheus sees no increase, and alerts miss that event. */
export function fromZero(counter: Counter, ...series: readonly Record<string, string>[]): Counter {
  for (const labels of series) counter.inc(labels, 0);
  return counter;
}

export type Factory = ReturnType<typeof createFactory>;
