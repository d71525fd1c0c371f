import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { longestAnswerMs } from './process-promises.ts';
import { type Evidence, promisesChecked, type Violation } from './promises.ts';
import type { ChaosResult } from './run.ts';

const maxShownPerPromise = 3;

/** What happened, in one table, and what was violated, with its history. */
export function tableOf(title: string, { evidence, violations, traces }: ChaosResult): string {
  const { history, processes, recovery } = evidence;
  const kinds = new Map<string, number>();
  for (const { planned } of history.faults) kinds.set(planned.kind, (kinds.get(planned.kind) ?? 0) + 1);
  const { readyMs, nonePendingMs, finalizedMs } = recovery;
  const finalized = Math.max(...[...finalizedMs.values()].map((ms) => ms ?? Number.POSITIVE_INFINITY));
  const rows: [string, string | number][] = [
    ['requests', history.attempts.length],
    ['  booked', history.count('booked')],
    ['  refused', history.count('refused')],
    ['  failed (SERVICE_UNAVAILABLE)', history.count('failed')],
    ['  unanswered', history.count('unanswered')],
    ['bookings', evidence.rows.length],
    ['mails taken', evidence.mails.taken.length],
    ['holds confirmed', evidence.rows.filter(({ confirmed }) => confirmed).length],
    ['holds expired', evidence.rows.filter(({ status }) => status === 'EXPIRED').length],
    ['events edited', history.edits.filter(({ outcome }) => outcome.kind === 'edited').length],
    ['events cancelled', evidence.events.filter(({ status }) => status === 'CANCELLED').length],
    ['tickets redeemed', evidence.tickets.filter(({ deviceId }) => deviceId !== null).length],
    ['watchers', history.watches.length],
    ['faults injected', history.faults.length],
    ...[...kinds].sort().map(([kind, count]): [string, number] => [`  ${kind}`, count]),
    ['promises checked', promisesChecked],
    ['violations', violations.length],
    ['longest time without an answer', seconds(longestAnswerMs(evidence))],
    ['longest start of a process', seconds(Math.max(...processes.flatMap(({ startsMs }) => startsMs)))],
    ['every /readyz 200 after the faults', seconds(readyMs)],
    ['no booking PENDING after the faults', seconds(nonePendingMs)],
    ['a new booking seen FINALIZED after', seconds(finalized)],
    ['longest recovery', seconds(readyMs && nonePendingMs && Math.max(readyMs, nonePendingMs))],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(9)}`);
  return [title, ...lines, ...violated(violations), ...(traces ? [`history and logs: ${traces}`] : [])].join('\n');
}

function violated(violations: ChaosResult['violations']): string[] {
  const promises = [...new Set(violations.map(({ promise }) => promise))];
  return promises.flatMap((promise) => {
    const broken = violations.filter((violation) => violation.promise === promise);
    const shown = broken.slice(0, maxShownPerPromise).map(({ what }) => `  ${what}`);
    const more = broken.length - shown.length;
    return [`VIOLATED ${promise} (${broken.length})`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
  });
}

function seconds(ms: number | null): string {
  return ms === null || !Number.isFinite(ms) ? 'never' : `${(ms / 1_000).toFixed(1)} s`;
}

/** Keeps all that is known of a run in which a promise was broken. @returns the folder */
export async function keepTraces(
  { history, rows, processes }: Evidence,
  violations: readonly Violation[],
  name: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `boxoffice-chaos-${name}-`));
  const all = { violations, startedAt: performance.timeOrigin + history.since, ...history, rows };
  await writeFile(join(folder, 'history.json'), JSON.stringify(all, null, 1));
  for (const { name, output } of processes) await writeFile(join(folder, `${name}.log`), output);
  return folder;
}
