import { readFileSync } from 'node:fs';
import type { Config } from '../../config.ts';

/** For files, the listening socket, Redis, and what Node and the operating system take; the database's pool comes on top. */
const RESERVED_FILES = 100;

export interface ConnectionBounds {
  readonly total: number;
  /** 0: any number. */
  readonly perAddress: number;
  /** Whether the process may open fewer files than the configuration wants connections. */
  readonly fewFiles: boolean;
}

/**
 * What a process takes: never so many connections that the database's would find no file descriptor, and never so many of
 * one address that there is no room for others.
 * @param openFiles `ulimit -n`; null when it is not known
 */
export function connectionBounds({ database, http }: Config, openFiles: number | null): ConnectionBounds {
  const reserved = RESERVED_FILES + (database.kind === 'postgresql' ? database.poolMax : 0);
  const room = Math.max(2, (openFiles ?? Number.POSITIVE_INFINITY) - reserved);
  const total = Math.min(http.maxConnections, room);
  const perAddress = Math.min(http.maxConnectionsPerAddress, Math.floor(total / 2));
  return { total, perAddress, fewFiles: total < http.maxConnections };
}

/** How many files and connections this process may have open (`ulimit -n`); null where the system does not tell. */
export function openFilesLimit(): number | null {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? null : Number(soft);
}
