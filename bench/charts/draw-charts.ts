import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Figure } from '../figure.ts';
import { sizesUpTo } from '../seed/sizes.ts';
import { latencyChart, tableSizeChart, throughputChart } from './charts.ts';

const FOLDER = fileURLToPath(new URL('../../docs/charts/', import.meta.url));

/** Draws what the figures of a run suffice for. @param rows in the largest table; @returns the files, as seen from the project's folder */
export async function drawCharts(figures: readonly Figure[], rows: number): Promise<string[]> {
  const byId = new Map(figures.map((figure) => [figure.id, figure]));
  const charts = {
    'throughput-graphql.svg': throughputChart('GraphQL', byId),
    'throughput-rest.svg': throughputChart('REST', byId),
    'latency.svg': latencyChart(byId),
    'table-size.svg': tableSizeChart(byId, sizesUpTo(rows)),
  };
  const drawn = Object.entries(charts).filter(([, svg]) => svg !== undefined);
  if (drawn.length > 0) await mkdir(FOLDER, { recursive: true });
  for (const [name, svg] of drawn) await writeFile(FOLDER + name, svg as string);
  return drawn.map(([name]) => `docs/charts/${name}`);
}
