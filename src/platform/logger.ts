import { hostname } from 'node:os';
import {
  type DestinationStream,
  type Logger,
  type LoggerOptions as LoggerOptionsOfPino,
  pino,
  stdSerializers,
} from 'pino';
import type { LogFormat } from '../config.ts';
import type { LastError } from './last-error.ts';
import { redact } from './redact.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** What this process is, such as `api`. */
  readonly role?: string;
  readonly version?: string;
  /** What becomes of a line of JSON; by default it is written as it is. */
  readonly layout?: (line: string) => string;
  /** What each line has besides, of what it is written in. */
  readonly mixin?: () => object;
  /** Is told of each line at `error` or above. */
  readonly lastError?: LastError;
  /** By default standard output. */
  readonly destination?: DestinationStream;
}

export function createLogger(
  level: string,
  { role = 'command', version, layout = (line) => line, lastError, mixin, destination }: LoggerOptions = {},
): Logger {
  const options = {
    level,
    base: { pid: process.pid, host: hostname(), role, version },
    serializers: { err: shownError },
    ...(mixin && { mixin }),
    hooks: { streamWrite: (line: string) => layout(redact(line)), ...(lastError && { logMethod: telling(lastError) }) },
  };
  return destination ? pino(options, destination) : pino(options);
}

const ERROR_LEVEL = 50;

function telling(lastError: LastError): NonNullable<NonNullable<LoggerOptionsOfPino['hooks']>['logMethod']> {
  return function tell(line, method, level) {
    const message = line.findLast((part) => typeof part === 'string');
    if (level >= ERROR_LEVEL && message !== undefined) lastError.note(redact(message));
    method.apply(this, line);
  };
}

/** Loaded when it is asked for: it is for people at a terminal. */
export async function layoutOf(format: LogFormat): Promise<(line: string) => string> {
  if (format === 'json') return (line) => line;
  const { prettyFactory } = await import('pino-pretty');
  const prettify = prettyFactory({
    colorize: process.stdout.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'host,version',
  });
  return (line) => {
    const { role: name, ...fields } = JSON.parse(line) as Record<string, unknown>;
    return prettify({ name, ...fields });
  };
}

/** What drivers put into their errors besides: commands with their arguments, and the values of rows. */
const SHOWN = ['type', 'message', 'stack', 'code', 'syscall', 'constraint', 'table', 'column'] as const;

function shownError(error: Error): object {
  const all: Record<string, unknown> = { ...stdSerializers.err(error) };
  const shown = SHOWN.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]);
  return shown.length > 0 ? Object.fromEntries(shown) : { message: String(error) };
}
