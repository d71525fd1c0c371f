import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { connectionBounds, openFilesLimit } from '../../src/http/limits/connection-bounds.ts';
import { trustedPeers } from '../../src/http/limits/connections.ts';

const POSTGRESQL = { DATABASE_URL: 'postgresql://127.0.0.1/x', DATABASE_POOL_MAX: '50' };

test.each([
  ['room for all', {}, 1_000_000, { total: 10_000, perAddress: 2_000, fewFiles: false }],
  ['an unknown limit', {}, null, { total: 10_000, perAddress: 2_000, fewFiles: false }],
  ['1,024 files', {}, 1_024, { total: 924, perAddress: 462, fewFiles: true }],
  ['1,024 files and a pool of 50', POSTGRESQL, 1_024, { total: 874, perAddress: 437, fewFiles: true }],
  ['hardly any files', {}, 64, { total: 2, perAddress: 1, fewFiles: true }],
  ['any number of one address', { ADDRESS_MAX_CONNECTIONS: '0' }, 1_024, { total: 924, perAddress: 0, fewFiles: true }],
])(
  'with %s no address can take all the connections, and the database finds a file',
  (_name, env, openFiles, bounds) => {
    expect(connectionBounds(readConfig(env), openFiles)).toEqual(bounds);
  },
);

test('the limit of open files is the one that the process runs under, where the system tells it', () => {
  const limit = openFilesLimit();
  if (process.platform === 'linux') expect(limit).toBeGreaterThan(0);
  else expect(limit).toBeNull();
});

test.each<[string | false, string[]]>([
  [false, []],
  ['10.0.0.0/8, ::1', ['10.1.2.3', '::ffff:10.1.2.3', '::1']],
  ['2001:db8::/32', ['2001:db8::5']],
  ['192.0.2.1', ['192.0.2.1']],
])('with TRUST_PROXY=%s these peers are proxies: %j', (trustProxy, proxies) => {
  const peers = ['192.0.2.1', '10.1.2.3', '::ffff:10.1.2.3', '::1', '2001:db8::5'];
  expect(peers.filter(trustedPeers(trustProxy))).toEqual(proxies);
});
