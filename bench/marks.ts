import type { Figure } from './figure.ts';
import { PAGES } from './load/read-requests.ts';
import { SETUPS } from './stage/installation.ts';
import { formatNumber, markdown } from './table.ts';

type Find = (id: string) => Figure | undefined;

/** What the project wants to reach. A mark for several setups is that of the weakest of them. */
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
const WITH_WORKER = ['SQLite + Redis', 'PostgreSQL + Redis'] as const;
const SEEDED = ['embedded', 'PostgreSQL + Redis'] as const;

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
    what: 'sold-out refusals/s (GraphQL)',
    ...atLeast(0.85, ' of the no-op mutation'),
    measured: (find) => lowest(SETUPS.map((setup) => find(`sold-out/${setup}`)?.ratio?.perSecond)),
  },
  {
    what: 'GraphQL bookings/s, embedded, with AUTH_MODE=jwt',
    ...atLeast(0.85, ' of AUTH_MODE=off'),
    measured: (find) => find('authentication/AUTH_MODE=jwt')?.ratio?.perSecond,
  },
  {
    what: 'p99 latency at 64 connections, embedded',
    ...atMost(2, " x the no-op's p99"),
    measured: (find) => find(`${HOT}/embedded`)?.ratio?.p99Ms,
  },
  {
    what: 'one worker finalizes (no mail)',
    ...atLeast(2_500, ' bookings/s'),
    measured: (find) => lowest(WITH_WORKER.map((setup) => find(`finalization/${setup}`)?.value)),
  },
  {
    what: 'commit to FINALIZED at the subscriber, idle system, p50',
    ...atMost(10, ' ms'),
    measured: (find) => highest(SETUPS.map((setup) => find(`commit-to-finalized/${setup}`)?.p50Ms)),
  },
  {
    what: 'the same, p99',
    ...atMost(50, ' ms'),
    measured: (find) => highest(SETUPS.map((setup) => find(`commit-to-finalized/${setup}`)?.p99Ms)),
  },
  {
    what: 'eventStats, largest table against a thousand bookings, p50',
    ...atMost(1.2, ' x'),
    measured: (find) => highest(SEEDED.map((setup) => find(`table-size/stats/${setup}/largest`)?.ratio?.p50Ms)),
  },
  {
    what: 'bookings/s, largest table against an empty one',
    ...atLeast(0.9, ''),
    measured: (find) => lowest(SEEDED.map((setup) => find(`table-size/booking/${setup}/largest`)?.ratio?.perSecond)),
  },
  ...(['first', 'middle'] as const).map(
    (where): Mark => ({
      what: `${where} pages of bookings by every filter, largest table against a thousand bookings, the slowest`,
      ...atMost(1.2, ' x'),
      measured: (find) =>
        highest(
          PAGES.filter(({ id }) => id.endsWith(`/${where}`)).flatMap(({ id }) =>
            SEEDED.map((setup) => timeRatio(find(`table-size/${id}/${setup}/largest`))),
          ),
        ),
    }),
  ),
  {
    what: 'a booking of an event with maxPerUser, largest table against a thousand bookings',
    ...atMost(1.2, ' x'),
    measured: (find) => highest(SEEDED.map((setup) => timeRatio(find(`table-size/limited-booking/${setup}/largest`)))),
  },
  {
    what: 'longest statement of SQLite',
    ...atMost(50, ' ms'),
    measured: (find) => find('longest-statement')?.value,
  },
  {
    what: '5,000 subscribers, one update to all',
    ...atMost(1, ' s'),
    measured: (find) => highest(SETUPS.map((setup) => inSeconds(find(`subscribers/update/${setup}`)?.value))),
  },
  {
    what: '5,000 subscribers, memory',
    ...atMost(30, ' KB each'),
    measured: (find) => highest(SETUPS.map((setup) => find(`subscribers/memory/${setup}`)?.value)),
  },
  {
    what: 'scans/s at the door of one event',
    ...atLeast(500, ' scans/s'),
    measured: (find) => lowest(SETUPS.map((setup) => find(`door/${setup}`)?.value)),
  },
  {
    what: '50,000 places sold, finalized and pushed, SQLite + Redis',
    mark: 'a single figure',
    unit: ' s',
    met: null,
    measured: (find) => find('on-sale')?.value,
  },
];

export function judge(figures: readonly Figure[]): JudgedMark[] {
  const byId = new Map(figures.map((figure) => [figure.id, figure]));
  return MARKS.map(({ what, mark, measured, unit, met }) => {
    const value = measured((id) => byId.get(id)) ?? null;
    return { what, mark, unit, measured: value, met: value === null || !met ? null : met(value) };
  });
}

function lowest(values: readonly (number | undefined)[]): number | undefined {
  const measured = values.filter((value) => value !== undefined);
  return measured.length > 0 ? Math.min(...measured) : undefined;
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const measured = values.filter((value) => value !== undefined);
  return measured.length > 0 ? Math.max(...measured) : undefined;
}

/** Of the time that one of them takes. */
function timeRatio(figure: Figure | undefined): number | undefined {
  return figure?.ratio && 1 / figure.ratio.perSecond;
}

function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
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
