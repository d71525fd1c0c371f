import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { versionOfPackage } from '../version.ts';

/** What a long-lived process is for. */
export type Role = 'serve' | 'api' | 'worker';

/** Whether a person sees what this process prints, and nobody has said how they want it. */
export function isWatched({ logFormat }: Pick<Config, 'logFormat'>): boolean {
  return logFormat === null && process.stdout.isTTY === true;
}

/** What such a person needs to know of a process that has begun: its addresses, its database, who may do what. */
export function greeting(role: Role, config: Config, url: string): readonly string[] {
  return [
    `Box Office ${versionOfPackage()} ${role === 'worker' ? 'finalizes bookings' : 'is open'}: ${addresses(role, config, url)}`,
    `Everything is kept in ${databaseOf(config)}${redisOf(config)}.`,
    role === 'worker' ? 'It answers nobody but whoever looks after it.' : whoMayDoWhat(config),
  ];
}

function addresses(role: Role, { web, introspection }: Config, url: string): string {
  if (role === 'worker') return `${url}/readyz, figures at /metrics`;
  const page = web ? [`${url}/`] : [];
  const graphql = introspection ? 'GraphiQL at /graphiql' : 'GraphQL at /graphql';
  return [...page, `${page.length > 0 ? '' : url}${graphql}`, 'REST at /docs', 'figures at /metrics'].join(', ');
}

function databaseOf({ database }: Config): string {
  if (database.kind === 'postgresql') return `PostgreSQL, ${placeOf(database.url)}`;
  return database.file === ':memory:' ? 'memory, and gone at the end' : `the file ${resolve(database.file)}`;
}

function redisOf({ redis }: Config): string {
  return redis ? `; Redis at ${placeOf(redis.url)} joins its processes` : '';
}

/** Without the name and the password that may be in it. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

function whoMayDoWhat({ auth }: Config): string {
  return auth.mode === 'off'
    ? 'Whoever reaches this address may do everything (AUTH_MODE=off).'
    : 'Tokens say who may do what (AUTH_MODE=jwt): buyers their own, staff the door, organizers everything.';
}
