import { statSync } from 'node:fs';
import type { Metrics } from '../metrics.ts';

/** Grows without end while a long read holds it back. */
export function showSizeOfLog({ gaugeWhenRead }: Metrics, databaseFile: string): void {
  gaugeWhenRead('boxoffice_sqlite_wal_bytes', "Size of SQLite's write-ahead log", (gauge) =>
    gauge.set(statSync(`${databaseFile}-wal`, { throwIfNoEntry: false })?.size ?? 0),
  );
}

/** Connections to PostgreSQL: those there are, those of them that nobody uses, and those who wait for one. */
export interface PoolFigures {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export function showPool({ gaugeWhenRead }: Metrics, pool: PoolFigures): void {
  gaugeWhenRead(
    'boxoffice_database_pool_connections',
    'Connections of this process to PostgreSQL',
    (gauge) => {
      gauge.set({ state: 'idle' }, pool.idleCount);
      gauge.set({ state: 'used' }, pool.totalCount - pool.idleCount);
    },
    'state',
  );
  gaugeWhenRead('boxoffice_database_pool_waiting', 'Statements that wait for a connection to PostgreSQL', (gauge) =>
    gauge.set(pool.waitingCount),
  );
}
