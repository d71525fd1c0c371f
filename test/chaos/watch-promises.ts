import type { BookingRow } from './database.ts';
import { describeWatch } from './describe.ts';
import type { Seen, Watch } from './history.ts';
import type { Promises } from './promises.ts';
import { isTerminal } from './watcher.ts';

/** What the watchers of bookings saw. */
export const watchPromises: Promises = {
  'a watcher sees the terminal status exactly once and last, and it is that of the row': ({ history, rows }) => {
    const stored = new Map(rows.map((row) => [row.id, row]));
    return history.watches.flatMap((watch) => {
      const problem = wrongWatch(watch, stored.get(watch.bookingId));
      return problem ? [`${problem}\n${describeWatch(history, watch)}`] : [];
    });
  },

  'a watcher is told of trouble as SERVICE_UNAVAILABLE and nothing else': ({ history }) =>
    history.watches.flatMap((watch) => {
      const wrong = watch.seen.some(({ code, kind }) => kind !== 'lost' && code && code !== 'SERVICE_UNAVAILABLE');
      return wrong ? [describeWatch(history, watch)] : [];
    }),
};

function wrongWatch({ seen, done }: Watch, row: BookingRow | undefined): string | null {
  const shown = seen.filter(({ kind }) => kind === 'next');
  const terminal = shown.filter(({ status }) => isTerminal(status));
  const [last] = terminal;
  if (!last) return 'it never saw a terminal status';
  if (terminal.length > 1 || shown.at(-1) !== last) return 'the terminal status was not the last';
  if (!done) return 'no complete came after the terminal status';
  const same = row?.status === last.status || row?.status === 'CANCELLED';
  if (!same || !row || row.version < (last.version ?? 0)) return `the row is ${JSON.stringify(row)}`;
  if (seen.some((event, i) => versionFell(event, seen[i - 1]))) return 'versions do not grow within a subscription';
  return seen.some((event, i) => event.kind === 'complete' && endedTooSoon(event, seen.slice(0, i)))
    ? 'it was completed without a terminal status'
    : null;
}

function versionFell(event: Seen, before: Seen | undefined): boolean {
  const pair = event.kind === 'next' && before?.kind === 'next' && event.subscription === before.subscription;
  return pair === true && (event.version ?? 0) <= (before?.version ?? 0);
}

/** A terminal value that could not be shown came as an error, and the watcher asked again. */
function endedTooSoon({ subscription }: Seen, before: readonly Seen[]): boolean {
  const own = before.filter((event) => event.subscription === subscription);
  return !own.some(({ kind, status }) => kind === 'failed' || isTerminal(status));
}
