import type { Figure } from './figure.ts';
import { formatNumber, markdown } from './table.ts';

type Find = (id: string) => Figure | undefined;

/** What the project wants to reach. */
interface Mark {
  readonly what: string;
  readonly mark: string;
  /** undefined when its scenario was not run. */
  readonly measured: (find: Find) => number | undefined;
  readonly unit: string;
  /** null: a figure to know, not to reach. */
  readonly met: ((measured: number) => boolean) | null;
}

export interface JudgedMark {
  readonly what: string;
  readonly mark: string;
  readonly measured: number | null;
  readonly unit: string;
  readonly met: boolean | null;
}

const HOT = 'hot-event/GraphQL/64';

const MARKS: readonly Mark[] = [
  {
    what: 'GraphQL bookings/s, hot event, embedded, 64 connections',
    ...atLeast(0.65, ' of the no-op mutation'),
    measured: (find) => find(`${HOT}/embedded`)?.ratio?.perSecond,
  },
  {
    what: 'the same, SQLite + Redis, worker in its own process finalizing meanwhile',
    ...atLeast(0.45, ' of the no-op mutation'),
    measured: (find) => find(`${HOT}/SQLite + Redis`)?.ratio?.perSecond,
  },
  {
    what: 'the same, PostgreSQL + Redis',
    ...atLeast(0.4, ' of the no-op mutation'),
    measured: (find) => find(`${HOT}/PostgreSQL + Redis`)?.ratio?.perSecond,
  },
  {
    what: 'REST bookings/s, embedded',
    ...atLeast(0.5, ' of the no-op route'),
    measured: (find) => find('hot-event/REST/64/embedded')?.ratio?.perSecond,
  },
  {
    what: 'p99 latency at 64 connections, embedded',
    ...atMost(2, " x the no-op's p99"),
    measured: (find) => find(`${HOT}/embedded`)?.ratio?.p99Ms,
  },
];

export function judge(figures: readonly Figure[]): JudgedMark[] {
  const byId = new Map(figures.map((figure) => [figure.id, figure]));
  return MARKS.map(({ what, mark, measured, unit, met }) => {
    const value = measured((id) => byId.get(id)) ?? null;
    return { what, mark, unit, measured: value, met: value === null || !met ? null : met(value) };
  });
}

export function marksTable(marks: readonly JudgedMark[]): string {
  const rows = marks.map(({ what, mark, measured, unit, met }) => [
    what,
    mark,
    measured === null ? 'not measured' : `${formatNumber(measured)}${unit}`,
    met === null ? '' : met ? 'met' : 'NOT met',
  ]);
  return markdown(['mark', 'wanted', 'measured', ''], rows);
}

function atLeast(bound: number, unit: string): Pick<Mark, 'mark' | 'unit' | 'met'> {
  return { mark: `>= ${formatNumber(bound)}${unit}`, unit, met: (value) => value >= bound };
}

function atMost(bound: number, unit: string): Pick<Mark, 'mark' | 'unit' | 'met'> {
  return { mark: `<= ${formatNumber(bound)}${unit}`, unit, met: (value) => value <= bound };
}
