import { markdown } from '../test/support/markdown.ts';
import type { Figure } from './figure.ts';

/** All figures as one Markdown table. */
export function tableOf(figures: readonly Figure[]): string {
  const head = ['measured', 'setup', 'result', 'compared', 'p50', 'p99'];
  const rows = figures.map((figure) => [
    figure.what,
    figure.setup,
    `${formatNumber(figure.value)} ${figure.unit}`.replace(' /s', '/s'),
    figure.ratio ? `${figure.ratio.perSecond.toFixed(2)} of ${figure.ratioTo}` : '',
    milliseconds(figure.p50Ms),
    milliseconds(figure.p99Ms),
  ]);
  return markdown(head, rows);
}

/** Three significant digits below 100, whole numbers with separators above. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '?';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '' : `${formatNumber(value)} ms`;
}
