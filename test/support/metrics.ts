import type { Container } from '../../src/container.ts';
import type { BoxOffice } from './box-office.ts';

/** What Prometheus would read. */
export async function metricsOf({ url }: Pick<BoxOffice, 'url'>): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** The values of one figure, by its labels as they are written. */
export async function samplesOf(office: Pick<BoxOffice, 'url'>, name: string): Promise<Record<string, number>> {
  const lines = (await metricsOf(office)).split('\n');
  const samples = lines.map((line) => /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)).filter((found) => found?.[1] === name);
  return Object.fromEntries(samples.map((found) => [found?.[2] ?? '', Number(found?.[3])]));
}

/** Tries to finalize a booking that failed, by whose fault. */
export async function finalizationFailures({ metrics }: Pick<Container, 'metrics'>): Promise<Record<string, number>> {
  const { values } = await metrics.finalizationFailures.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels['by'], value]));
}
