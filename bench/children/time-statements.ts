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
  /** Of the longest: the rest it waited, for the disk or a processor. */
  readonly processorMs: number;
}

const timed = new Map<string, Omit<TimedStatement, 'text'>>();

function timing<T>(text: string, work: () => T): T {
  const since = performance.now();
  const processor = process.threadCpuUsage();
  try {
    return work();
  } finally {
    const ms = performance.now() - since;
    const { user, system } = process.threadCpuUsage(processor);
    const known = timed.get(text) ?? { times: 0, longestMs: 0, processorMs: 0 };
    const longest = ms > known.longestMs ? { longestMs: ms, processorMs: (user + system) / 1_000 } : known;
    timed.set(text, { ...longest, times: known.times + 1 });
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
