import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';
import { drawCharts } from './charts/draw-charts.ts';
import type { Figure } from './figure.ts';
import { judge, marksTable } from './marks.ts';
import type { Failure } from './run-scenarios.ts';
import { tableOf } from './table.ts';

interface Run extends Pick<Bench, 'rounds' | 'seconds' | 'rows'> {
  readonly machine: string;
  readonly figures: readonly Figure[];
  readonly failures: readonly Failure[];
}

const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));

/** Prints the tables and writes all of it to a file of the run's own. */
export async function report(run: Run, print: (line: string) => void): Promise<void> {
  const marks = judge(run.figures);
  await mkdir(RESULTS, { recursive: true });
  const at = new Date().toISOString();
  const file = `${RESULTS}${at.replace(/[:.]/g, '-')}.json`;
  await writeFile(file, `${JSON.stringify({ at, ...run, marks }, null, 2)}\n`);
  print(`\n${run.machine}; medians of ${run.rounds} rounds\n`);
  print(tableOf(run.figures));
  print(`\n${marksTable(marks)}`);
  for (const { scenario, error } of run.failures) print(`\nFAILED ${scenario}: ${error}`);
  const charts = await drawCharts(run.figures, run.rows);
  print(`\nwritten: ${[`bench/results/${file.slice(RESULTS.length)}`, ...charts].join(', ')}`);
}
