import { expect, test } from 'vitest';
import { variableBehind } from '../../src/commands/variable-behind.ts';
import { readConfig } from '../../src/config.ts';

const postgresql = readConfig({
  HOST: 'box.example',
  DATABASE_URL: 'postgresql://u:p@db.example:5433/box',
  REDIS_URL: 'redis://cache.example',
  REDIS_LOCK_URLS: 'redis://lock.example:6390',
});
const sqlite = readConfig({ DATABASE_URL: 'sqlite:/srv/box.db' });

const listening = (code: string) => ({ syscall: 'listen', code, port: 80, address: '127.0.0.1' });
const connecting = (port: number, code = 'ECONNREFUSED') => ({ syscall: 'connect', code, port, address: '127.0.0.1' });
const lookingUp = (hostname: string) => ({ syscall: 'getaddrinfo', code: 'ENOTFOUND', hostname });

test.each([
  ['a port that is taken', listening('EADDRINUSE'), 'PORT'],
  ['a port that is only for root', listening('EACCES'), 'PORT'],
  ['an address of another machine', listening('EADDRNOTAVAIL'), 'HOST'],
  ['a name of ours that nobody knows', lookingUp('box.example'), 'HOST'],
  ['a database that is not there', connecting(5433), 'DATABASE_URL'],
  ['a database that is not there, by each of its addresses', { errors: [connecting(5433)] }, 'DATABASE_URL'],
  ['a database behind a name that nobody knows', lookingUp('db.example'), 'DATABASE_URL'],
  ['a wrong password', { code: '28P01' }, 'DATABASE_URL'],
  ['an unknown database', { code: '3D000' }, 'DATABASE_URL'],
  ['a Redis that is not there', connecting(6379), 'REDIS_URL'],
  ['a Redis that is not there, by each of its addresses', { errors: [connecting(6379)] }, 'REDIS_URL'],
  ['a lock master behind a name that nobody knows', lookingUp('lock.example'), 'REDIS_URL'],
  ['anything else', new TypeError('x is not a function'), null],
  ['no error at all', undefined, null],
])('%s is told by its variable', (_name, error, variable) => {
  expect(variableBehind(error, postgresql)).toBe(variable);
});

test('what is wrong with the file of SQLite is told by its variable, also when a folder is meant', () => {
  const mkdir = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'mkdir' });
  expect(variableBehind(new Error('/srv/box.db: EACCES', { cause: mkdir }), sqlite)).toBe('DATABASE_URL');
  expect(variableBehind({ code: 'SQLITE_NOTADB', message: 'file is not a database' }, sqlite)).toBe('DATABASE_URL');
  expect(variableBehind(new Error('the database is not migrated'), sqlite)).toBeNull();
});
