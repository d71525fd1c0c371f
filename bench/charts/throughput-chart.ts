import type { Figure } from '../figure.ts';
import { SETUPS } from '../stage/installation.ts';
import { axisName, svgChart } from './svg-chart.ts';

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
