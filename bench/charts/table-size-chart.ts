import type { Figure } from '../figure.ts';
import { READS } from '../load/read-requests.ts';
import { type Fullness, type Sizes, sizeName } from '../seed/sizes.ts';
import { axisName, svgChart } from './svg-chart.ts';

const DATABASES = [
  { name: 'SQLite', setup: 'embedded', line: 'solid' },
  { name: 'PostgreSQL', setup: 'PostgreSQL + Redis', line: 'dashed' },
] as const;
const FULLNESS: readonly Fullness[] = ['smallest', 'middle', 'largest'];
const COLORS = ['#0072b2', '#e69f00', '#009e73'];

/** What reading costs with more and more bookings; undefined when it was not measured. */
export function tableSizeChart(figures: ReadonlyMap<string, Figure>, sizes: Sizes): string | undefined {
  const lines = DATABASES.flatMap(({ name, setup, line }) =>
    READS.filter(({ short }) => short).map(({ id, short }, i) => ({
      name: `${short}, ${name}`,
      type: 'line' as const,
      symbolSize: 8,
      itemStyle: { color: COLORS[i] as string },
      lineStyle: { type: line, width: 2 },
      data: FULLNESS.map((fullness) => figures.get(`table-size/${id}/${setup}/${fullness}`)?.p50Ms ?? Number.NaN),
    })),
  );
  if (lines.some(({ data }) => data.some(Number.isNaN))) return undefined;
  return svgChart(
    'Reading, against the number of bookings',
    'median latency over GraphQL, 8 connections that never pause',
    {
      xAxis: {
        type: 'category',
        data: FULLNESS.map((fullness) => sizeName(sizes[fullness])),
        ...axisName('bookings in the table', 30),
      },
      yAxis: { type: 'value', min: 0, ...axisName('milliseconds', 48) },
      grid: { left: 74, right: 24, top: 74, bottom: 116 },
      legend: { bottom: 6, width: 760, itemGap: 28, itemWidth: 34, textStyle: { fontSize: 13 } },
      series: lines,
    },
  );
}
