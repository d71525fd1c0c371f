import type { Figure } from '../figure.ts';
import { READS } from '../load/read-requests.ts';
import { FILLED, type Sizes, sizeName } from '../seed/sizes.ts';
import { SETUPS } from '../stage/installation.ts';
import { formatNumber } from '../table.ts';
import { openChart } from './open-chart.ts';

const WIDTH = 860;
const HEIGHT = 420;
// No name that needs quotes: they would end the attribute that they are written into.
const FONT = 'system-ui, Helvetica, Arial, sans-serif';
/** Apart from each other also for people who do not see all colours. https://doi.org/10.1038/nmeth.1618 */
const BAR_COLORS = ['#999999', '#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9'];

/** An SVG text on white, so that it can be read on a dark page as well. @param option as ECharts has it */
function svgChart(title: string, subtitle: string, option: object): string {
  const chart = openChart(WIDTH, HEIGHT);
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      color: BAR_COLORS,
      textStyle: { fontFamily: FONT, color: '#222222' },
      title: {
        text: title,
        subtext: subtitle,
        left: 'center',
        textStyle: { fontSize: 17, fontWeight: 600, color: '#222222' },
        subtextStyle: { fontSize: 12, color: '#555555' },
      },
      legend: { bottom: 6, itemGap: 32, textStyle: { fontSize: 13 } },
      grid: { left: 74, right: 24, top: 74, bottom: 84 },
      ...option,
    });
    const svg = chart.renderToSVGString();
    return `${svg.replace(/^<svg [^>]*>/, `$&\n<title>${title}</title>`)}\n`;
  } finally {
    // Without it, its clock keeps the process alive.
    chart.dispose();
  }
}

/** The name of an axis in its middle. */
function axisName(name: string, gap: number) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap: gap,
    nameTextStyle: { fontSize: 13 },
    axisLabel: { fontSize: 12 },
  };
}

const CONNECTIONS = [1, 64, 256];

/** Bookings per second of each setup beside the ceiling; undefined when they were not measured. */
export function throughputChart(api: 'GraphQL' | 'REST', figures: ReadonlyMap<string, Figure>): string | undefined {
  const find = (connections: number, name: string) => figures.get(`hot-event/${api}/${connections}/${name}`);
  if (CONNECTIONS.some((connections) => !find(connections, 'ceiling'))) return undefined;
  const title = `Bookings of one hot event over ${api}`;
  return svgChart(title, 'above each bar: its share of the ceiling, which answers with constants', {
    xAxis: {
      type: 'category',
      data: CONNECTIONS.map(String),
      ...axisName('connections', 30),
    },
    yAxis: { type: 'value', ...axisName('answers per second', 56) },
    series: ['ceiling', ...SETUPS].map((name) => ({
      name,
      type: 'bar',
      barGap: '8%',
      data: CONNECTIONS.map((connections) => {
        const figure = find(connections, name);
        const share = figure?.ratio?.perSecond.toFixed(2) ?? '';
        return {
          value: Math.round(figure?.value ?? 0),
          label: { show: true, position: 'top', fontSize: 11, formatter: share },
        };
      }),
    })),
  });
}

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

const DATABASES = [
  { name: 'SQLite', setup: 'embedded', line: 'solid' },
  { name: 'PostgreSQL', setup: 'PostgreSQL + Redis', line: 'dashed' },
] as const;
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
      data: FILLED.map((fullness) => figures.get(`table-size/${id}/${setup}/${fullness}`)?.p50Ms ?? Number.NaN),
    })),
  );
  if (lines.some(({ data }) => data.some(Number.isNaN))) return undefined;
  return svgChart(
    'Reading, against the number of bookings',
    'median latency over GraphQL, 8 connections that never pause',
    {
      xAxis: {
        type: 'category',
        data: FILLED.map((fullness) => sizeName(sizes[fullness])),
        ...axisName('bookings in the table', 30),
      },
      yAxis: { type: 'value', min: 0, ...axisName('milliseconds', 48) },
      grid: { left: 74, right: 24, top: 74, bottom: 116 },
      legend: { bottom: 6, width: 760, itemGap: 28, itemWidth: 34, textStyle: { fontSize: 13 } },
      series: lines,
    },
  );
}
