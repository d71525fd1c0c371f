import type { DatabaseConfig } from './config.ts';
import { openDatabase } from './migrations/open-database.ts';
import type { ConnectOptions } from './platform/connect-options.ts';
import { Dependency } from './platform/dependency.ts';
import type { Logger } from './platform/logger.ts';
import { isOutage } from './platform/transient-errors.ts';
import { WriteCheck } from './platform/write-check.ts';

export type WatchedDatabase = Dependency<'requests' | 'bookings' | 'finalizations'>;

/** Opens the database; from then on its outages are told of, each by two lines. Before that its error is all there is. */
export async function openWatchedDatabase(
  config: DatabaseConfig,
  log: Logger,
  options: ConnectOptions,
): Promise<{ writeCheck: WriteCheck; database: WatchedDatabase }> {
  let opened: WatchedDatabase | null = null;
  const db = await openDatabase(config, {
    onMessage: (message) => log.debug(message),
    onWarning: (message) => log.warn(message),
    onFailure: (error) => {
      if (isOutage(error)) opened?.failed(error);
    },
    ...options,
  });
  const writeCheck = new WriteCheck(db);
  const database: WatchedDatabase = new Dependency({
    name: config.kind,
    log,
    level: 'error',
    meanwhile: 'nothing is sold until it is back',
    variable: 'DATABASE_URL',
    costs: ['requests', 'bookings', 'finalizations'],
    probe: () => writeCheck.assertWritable([]),
  });
  opened = database;
  return { writeCheck, database };
}
