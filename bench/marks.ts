import { markdown } from '../test/support/markdown.ts';
import type { Figure } from './figure.ts';
import { PAGES } from './load/read-requests.ts';
import { SETUPS } from './stage/installation.ts';
import { formatNumber } from './table.ts';

/** What the project wants to reach: of several figures, the weakest. */
interface Mark {
  readonly what: string;
  readonly mark: string;
  readonly unit: string;
  /** null: a figure to know, not to reach. */
  readonly met: ((measured: number) => boolean) | null;
  readonly weakest: (...values: number[]) => number;
  readonly ids: readonly string[];
  readonly value: (figure: Figure) => number | undefined;
}

const HOT = 'hot-event/GraphQL/64';
const SEEDED = ['embedded', 'PostgreSQL + Redis'] as const;

const MARKS: readonly Mark[] = [
  {
    what: 'GraphQL bookings/s, hot event, embedded, 64 connections',
    ...atLeast(0.65, ' of the no-op mutation'),
    ...shareOf(`${HOT}/embedded`),
  },
  {
    what: 'the same, SQLite + Redis, worker in its own process finalizing meanwhile',
    ...atLeast(0.45, ' of the no-op mutation'),
    ...shareOf(`${HOT}/SQLite + Redis`),
  },
  {
    what: 'the same, PostgreSQL + Redis',
    ...atLeast(0.4, ' of the no-op mutation'),
    ...shareOf(`${HOT}/PostgreSQL + Redis`),
  },
  {
    what: 'REST bookings/s, embedded',
    ...atLeast(0.5, ' of the no-op route'),
    ...shareOf('hot-event/REST/64/embedded'),
  },
  {
    what: 'sold-out refusals/s (GraphQL)',
    ...atLeast(0.85, ' of the no-op mutation'),
    ...shareOf(...SETUPS.map((setup) => `sold-out/${setup}`)),
  },
  {
    what: 'GraphQL bookings/s, embedded, with AUTH_MODE=jwt',
    ...atLeast(0.85, ' of AUTH_MODE=off'),
    ...shareOf('authentication/AUTH_MODE=jwt'),
  },
  {
    what: 'p99 latency at 64 connections, embedded',
    ...atMost(2, " x the no-op's p99"),
    ids: [`${HOT}/embedded`],
    value: ({ ratio }) => ratio?.p99Ms,
  },
  {
    what: 'one worker finalizes (no mail)',
    ...atLeast(2_500, ' bookings/s'),
    ...figureOf('finalization/SQLite + Redis', 'finalization/PostgreSQL + Redis'),
  },
  {
    what: 'commit to FINALIZED at the subscriber, idle system, p50',
    ...atMost(10, ' ms'),
    ...figureOf(...SETUPS.map((setup) => `commit-to-finalized/${setup}`)),
  },
  {
    what: 'the same, p99',
    ...atMost(50, ' ms'),
    ids: SETUPS.map((setup) => `commit-to-finalized/${setup}`),
    value: ({ p99Ms }) => p99Ms,
  },
  {
    what: 'eventStats, largest table against a thousand bookings, p50',
    ...atMost(1.2, ' x'),
    ids: SEEDED.map((setup) => `table-size/stats/${setup}/largest`),
    value: ({ ratio }) => ratio?.p50Ms,
  },
  {
    what: 'bookings/s, largest table against an empty one',
    ...atLeast(0.9, ''),
    ...shareOf(...SEEDED.map((setup) => `table-size/booking/${setup}/largest`)),
  },
  ...(['first', 'middle'] as const).map((where) => ({
    what: `${where} pages of bookings by every filter, largest table against a thousand bookings, the slowest`,
    ...atMost(1.2, ' x'),
    ...timesAsLong(...PAGES.filter(({ id }) => id.endsWith(`/${where}`)).map(({ id }) => id)),
  })),
  {
    what: 'a booking of an event with maxPerUser, largest table against a thousand bookings',
    ...atMost(1.2, ' x'),
    ...timesAsLong('limited-booking'),
  },
  { what: 'longest statement of SQLite', ...atMost(50, ' ms'), ...figureOf('longest-statement') },
  {
    what: '5,000 subscribers, one update to all',
    ...atMost(1, ' s'),
    ids: SETUPS.map((setup) => `subscribers/update/${setup}`),
    value: ({ value: ms }) => ms / 1_000,
  },
  {
    what: '5,000 subscribers, memory',
    ...atMost(30, ' KB each'),
    ...figureOf(...SETUPS.map((setup) => `subscribers/memory/${setup}`)),
  },
  {
    what: 'scans/s at the door of one event',
    ...atLeast(500, ' scans/s'),
    ...figureOf(...SETUPS.map((setup) => `door/${setup}`)),
  },
  {
    what: 'bookings/s, hot event, while 64 tickets are asked for as PDF at any time',
    ...atLeast(0.8, ' of those without'),
    ...shareOf(...SETUPS.map((setup) => `tickets/${setup}, 64 PDFs at once`)),
  },
  {
    what: '50,000 places sold, finalized and pushed, SQLite + Redis',
    ...atMost(Number.POSITIVE_INFINITY, ' s'),
    mark: 'a single figure',
    met: null,
    ...figureOf('on-sale'),
  },
];

function figureOf(...ids: string[]): Pick<Mark, 'ids' | 'value'> {
  return { ids, value: ({ value }) => value };
}

function shareOf(...ids: string[]): Pick<Mark, 'ids' | 'value'> {
  return { ids, value: ({ ratio }) => ratio?.perSecond };
}

/** The time that one of them takes in the largest table. */
function timesAsLong(...what: string[]): Pick<Mark, 'ids' | 'value'> {
  const ids = what.flatMap((id) => SEEDED.map((setup) => `table-size/${id}/${setup}/largest`));
  return { ids, value: ({ ratio }) => ratio && 1 / ratio.perSecond };
}

function atLeast(bound: number, unit: string) {
  return { mark: `>= ${formatNumber(bound)}${unit}`, unit, met: (value: number) => value >= bound, weakest: Math.min };
}

function atMost(bound: number, unit: string) {
  return { mark: `<= ${formatNumber(bound)}${unit}`, unit, met: (value: number) => value <= bound, weakest: Math.max };
}

/** Each mark with what was measured; null when its scenario was not run. */
export function judge(figures: readonly Figure[]) {
  return MARKS.map(({ what, mark, unit, met, weakest, ids, value }) => {
    const those = figures.filter(({ id }) => ids.includes(id)).flatMap((figure) => value(figure) ?? []);
    const measured = those.length === 0 ? null : weakest(...those);
    return { what, mark, unit, measured, met: measured === null || !met ? null : met(measured) };
  });
}

export function marksTable(marks: ReturnType<typeof judge>): string {
  const rows = marks.map(({ what, mark, measured, unit, met }) => [
    what,
    mark,
    measured === null ? 'not measured' : `${formatNumber(measured)}${unit}`,
    met === null ? '' : met ? 'met' : 'NOT met',
  ]);
  return markdown(['mark', 'wanted', 'measured', ''], rows);
}
