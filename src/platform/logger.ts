import { type Logger, pino, stdSerializers } from 'pino';
import { redact } from './redact.ts';

export type { Logger } from 'pino';

export function createLogger(level: string): Logger {
  return pino({
    level,
    base: { pid: process.pid },
    serializers: { err: withoutCommand },
    hooks: { streamWrite: redact },
  });
}

/** What Redis answers with an error carries the command with its arguments, which is the password for AUTH. */
function withoutCommand(error: Error): object {
  const { command: _, ...shown } = stdSerializers.err(error) as ReturnType<typeof stdSerializers.err> & {
    command?: unknown;
  };
  return shown;
}
