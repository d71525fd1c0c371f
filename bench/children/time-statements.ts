import { writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';

// To be imported before the program: times each statement of SQLite that it runs, each of which stops its event loop, and
// writes the longest of each text to a file when the process ends. SIGUSR2 does at once what is to be done daily.

const DAY_MS = 86_400_000;
type Method = (...args: unknown[]) => unknown;

export interface TimedStatement {
  readonly text: string;
  readonly times: number;
  readonly longestMs: number;
}

const timed = new Map<string, { times: number; longestMs: number }>();

function timing<T>(text: string, work: () => T): T {
  const since = performance.now();
  try {
    return work();
  } finally {
    const ms = performance.now() - since;
    const known = timed.get(text);
    timed.set(text, { times: (known?.times ?? 0) + 1, longestMs: Math.max(known?.longestMs ?? 0, ms) });
  }
}

function timeMethods(
  prototype: object,
  names: readonly string[],
  textOf: (self: never, args: unknown[]) => string,
): void {
  const methods = prototype as Record<string, Method>;
  for (const name of names) {
    const method = methods[name] as Method;
    methods[name] = function (this: never, ...args) {
      return timing(textOf(this, args), () => method.apply(this, args));
    };
  }
}

const database = new Sqlite(':memory:');
const statement = Object.getPrototypeOf(database.prepare('select 1')) as object;
timeMethods(statement, ['all', 'get', 'run'], ({ source }: { source: string }) => source);
timeMethods(Sqlite.prototype, ['exec'], (_self, [text]) => String(text));
const { iterate } = statement as { iterate: Method };
Object.assign(statement, {
  // Each row is a step of its own; all of them together are what is counted.
  iterate(this: { source: string }, ...args: unknown[]) {
    return timing(this.source, () => [...(iterate.apply(this, args) as Iterable<unknown>)][Symbol.iterator]());
  },
});
database.close();

const daily: Method[] = [];
const { setInterval } = globalThis;
globalThis.setInterval = ((work: Method, ms: number, ...args: unknown[]) => {
  if (ms === DAY_MS) daily.push(work);
  return setInterval(work, ms, ...args);
}) as typeof setInterval;
process.on('SIGUSR2', () => {
  for (const work of daily) work();
});

process.on('exit', () => {
  const statements: TimedStatement[] = [...timed].map(([text, seen]) => ({ text, ...seen }));
  writeFileSync(process.env['STATEMENT_TIMES_FILE'] as string, JSON.stringify(statements));
});
