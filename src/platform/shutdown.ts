import type { Logger } from './logger.ts';

/** After a fault that ends the process: what was in flight is answered with an error by then. */
const LAST_ANSWERS_MS = 250;

/**
 * On SIGTERM or SIGINT: runs `stop` and exits with 0, at the latest after `timeoutMs`; a second signal exits at once.
 * After an error that nobody caught the state is unknown, so the process ends with 1 and is started anew by its keeper.
 */
export function stopOnSignals(stop: () => Promise<void>, timeoutMs: number, log: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) {
      log.warn({ signal }, 'second signal, exiting at once');
      process.exit(1);
    }
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.warn('not everything ended in time, exiting');
      process.exit(0);
    }, timeoutMs).unref();
    stop().then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(kind, (error: unknown) => {
      log.fatal({ err: error }, kind);
      process.exit(1);
    });
  }
}

/** What ends the process when it cannot go on, with one line and with 1; its keeper starts it anew. */
export function endAfterFault(log: Logger): (error: Error) => void {
  return (error) => {
    log.fatal({ err: error }, 'the database cannot be relied on, ending');
    setTimeout(() => process.exit(1), LAST_ANSWERS_MS);
  };
}
