import type { Figure } from '../figure.ts';
import { SETUPS } from '../stage/installation.ts';
import { formatNumber } from '../table.ts';
import { axisName, svgChart } from './svg-chart.ts';

const MEASURES = [
  { name: 'median (p50)', key: 'p50Ms' },
  { name: '99 of 100 are faster (p99)', key: 'p99Ms' },
] as const;

/** How long an answer takes under the usual load; undefined when it was not measured. */
export function latencyChart(figures: ReadonlyMap<string, Figure>): string | undefined {
  const names = ['ceiling', ...SETUPS];
  const found = names.map((name) => figures.get(`hot-event/GraphQL/64/${name}`));
  if (found.includes(undefined)) return undefined;
  return svgChart('Latency of bookings over GraphQL', 'one hot event, 64 connections that never pause', {
    xAxis: { type: 'category', data: names, axisLabel: { fontSize: 13 } },
    yAxis: { type: 'value', ...axisName('milliseconds', 48) },
    series: MEASURES.map(({ name, key }) => ({
      name,
      type: 'bar',
      barMaxWidth: 60,
      data: found.map((figure) => ({
        value: figure?.[key] ?? 0,
        label: { show: true, position: 'top', formatter: formatNumber(figure?.[key] ?? 0) },
      })),
    })),
    color: ['#0072b2', '#e69f00'],
  });
}
