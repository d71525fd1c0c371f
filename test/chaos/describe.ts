import type { Broken } from '../support/booking-promises.ts';
import type { BookAttempt, CancelAttempt, History, StatsAttempt, Watch } from './history.ts';
import { describeFault } from './schedule.ts';

const maxLines = 12;
const aroundMs = 1_500;

/** The requests in order, and the faults that were under way. */
export function describeAttempts(
  history: History,
  attempts: readonly (BookAttempt | CancelAttempt | StatsAttempt)[],
): string {
  const ordered = [...attempts].sort((a, b) => a.startedAt - b.startedAt).slice(0, maxLines);
  const lines = ordered.map(({ id, api, via, startedAt, endedAt, outcome, ...asked }) => {
    const when = `${history.seconds(startedAt)} s to ${history.seconds(endedAt)} s`;
    return `    ${when} ${id} ${via} ${api} ${JSON.stringify(asked)} -> ${JSON.stringify(outcome)}`;
  });
  const from = Math.min(...ordered.map(({ startedAt }) => startedAt));
  const to = Math.max(...ordered.map(({ endedAt }) => endedAt));
  return [...lines, ...faultsBetween(history, from, to)].join('\n');
}

export function describeBroken(history: History, broken: readonly Broken[]): string[] {
  return broken.map(({ what, attempts }) => `${what}\n${describeAttempts(history, attempts as BookAttempt[])}`);
}

export function describeWatch(history: History, { name, since, seen }: Watch): string {
  const lines = seen.slice(-maxLines).map(({ at, ...rest }) => `    ${history.seconds(at)} s ${JSON.stringify(rest)}`);
  const from = seen.at(-maxLines)?.at ?? since;
  const faults = faultsBetween(history, from, seen.at(-1)?.at ?? since);
  return [`watcher ${name} from ${history.seconds(since)} s`, ...lines, ...faults].join('\n');
}

export function faultsBetween(history: History, from: number, to: number): string[] {
  return history.faults
    .filter((fault) => fault.from < to + aroundMs && from - aroundMs < fault.to)
    .slice(0, maxLines)
    .map(({ planned, from: start, to: end }) => {
      return `      (${history.seconds(start)} s to ${history.seconds(end)} s ${describeFault(planned)})`;
    });
}
