import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/platform/metrics.ts';
import { guideAnchors, guideBlocks, operationsGuide } from '../support/operations-guide.ts';
import { promtool } from '../support/promtool.ts';

const DEPLOY = new URL('../../deploy/', import.meta.url).pathname;
const PROMETHEUS = join(DEPLOY, 'prometheus');
const textOf = (path: string) => readFileSync(join(DEPLOY, path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
const rules: readonly Rule[] = parse(textOf('prometheus/alerts.yml')).groups[0].rules;

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const panels: readonly Panel[] = JSON.parse(textOf('grafana/boxoffice.json')).panels;
const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** The guide has all of ours (test/e2e/metrics.test.ts); `up` is Prometheus' own. */
async function knownFigures(): Promise<Set<string>> {
  const ours = [...operationsGuide().matchAll(/^\| `(boxoffice_\w+)` \| (\w+)/gm)].flatMap(([, name = '', kind]) =>
    kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => `${name}${part}`) : [name],
  );
  const others = (await createMetrics().registry.getMetricsAsArray()).map(({ name }) => name);
  return new Set([...ours, ...others, 'up']);
}

/** What a query reads. */
function figuresOf(query: string): string[] {
  return query.match(/\b(boxoffice|nodejs|process)_\w+|\bup\b/g) ?? [];
}

test('Prometheus takes the rules and its configuration, and each alert fires when it must and only then', async () => {
  const fired = parse(textOf('prometheus/alerts.test.yml')).tests.map(
    (one: { alert_rule_test: { alertname: string }[] }) => one.alert_rule_test.map(({ alertname }) => alertname),
  );
  expect(fired).toEqual([rules, rules].map((all) => all.map(({ alert }) => alert)));
  expect(await promtool(['check', 'config', 'prometheus.yml'], { cwd: PROMETHEUS })).toBe('');
  expect(await promtool(['test', 'rules', 'alerts.test.yml'], { cwd: PROMETHEUS })).toBe('');
});

test('every figure of the alerts and the dashboard is exported', async () => {
  const known = await knownFigures();
  const read = [...queries, ...rules.map(({ expr }) => expr)].map(figuresOf);
  expect(read.filter((figures) => figures.length === 0)).toEqual([]);
  expect(read.flat().filter((figure) => !known.has(figure))).toEqual([]);
});

test('every figure of ours is on the dashboard', async () => {
  const shown = new Set(queries.flatMap(figuresOf).map((figure) => figure.replace(/_(bucket|sum|count)$/, '')));
  const ours = [...(await knownFigures())].filter((name) => name.startsWith('boxoffice_'));
  expect(ours.filter((name) => !shown.has(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([]);
});

test('Prometheus reads every query of the dashboard', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'boxoffice-dashboard-'));
  const recorded = queries.map((expr, i) => ({
    record: `query:${i}`,
    expr: expr.replaceAll('$__rate_interval', '1m'),
  }));
  try {
    writeFileSync(join(folder, 'queries.yml'), JSON.stringify({ groups: [{ name: 'dashboard', rules: recorded }] }));
    expect(await promtool(['check', 'rules', 'queries.yml'], { cwd: folder })).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the guide says of every alert what to do, and each leads to a heading of it', () => {
  const guide = operationsGuide();
  const rows = [...guide.matchAll(/^\| `(BoxOffice\w+)` \| (\w+) \| .{20,} \|$/gm)];
  expect(rows.map(([, alert, severity]) => [alert, severity])).toEqual(
    rules.map(({ alert, labels }) => [alert, labels.severity]),
  );
  const anchors = guideAnchors().map((anchor) => `docs/operations.md#${anchor}`);
  expect(anchors).toEqual(expect.arrayContaining(rules.map(({ annotations }) => annotations.runbook)));
  const titles = panels.map(({ title }) => title);
  for (const [row] of rows) {
    for (const [, panel] of row.matchAll(/\*([^*]+)\*/g)) expect(titles).toContain(panel);
  }
});

test('Prometheus takes the configuration of the guide', async () => {
  const [example] = guideBlocks().filter(
    ({ heading, language }) => heading === 'Grafana and Prometheus' && language === 'yaml',
  );
  const folder = mkdtempSync(join(tmpdir(), 'boxoffice-prometheus-'));
  try {
    writeFileSync(join(folder, 'prometheus.yml'), example?.text ?? '');
    writeFileSync(join(folder, 'alerts.yml'), textOf('prometheus/alerts.yml'));
    expect(await promtool(['check', 'config', 'prometheus.yml'], { cwd: folder })).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
