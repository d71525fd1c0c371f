import { randomBytes } from 'node:crypto';
import { queryPostgres } from './query-postgres.ts';

export interface AppRole {
  /** The database, as this role. */
  readonly url: string;
  readonly name: string;
  /** To be called before the database is dropped. */
  drop(): Promise<void>;
}

/** A role that may read and write what is there, and owns nothing: what a careful operator gives to the box office. */
export async function createAppRole(databaseUrl: string): Promise<AppRole> {
  const name = `boxoffice_app_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(8).toString('hex');
  for (const sql of [
    `create role ${name} login password '${password}'`,
    `grant select, insert, update, delete on all tables in schema public to ${name}`,
    `grant usage on all sequences in schema public to ${name}`,
  ]) {
    await queryPostgres(databaseUrl, sql);
  }
  return {
    name,
    url: Object.assign(new URL(databaseUrl), { username: name, password }).href,
    drop: async () => {
      await queryPostgres(databaseUrl, `drop owned by ${name}`);
      await queryPostgres(databaseUrl, `drop role ${name}`);
    },
  };
}
