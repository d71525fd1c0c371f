import { expect, test } from 'vitest';
import { addressKey } from '../../src/http/limits/address-key.ts';
import { PerAddress } from '../../src/http/limits/per-address.ts';

test.each<[string | undefined, string]>([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:50123', '192.0.2.7'],
  ['[::ffff:192.0.2.7]:50123', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::1]:443', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  [undefined, ''],
  ['::', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
  ['_hidden:7', '_hidden:7'],
])('limits know %s as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});

test('whoever has a /64 has one share of what an address may have, and so has whoever has an IPv4 address', () => {
  const sockets = new PerAddress(2);
  for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:ffff::2']) sockets.enter(address);
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7']) sockets.enter(address);
  expect(sockets.isFull('2001:db8:1:2:3:4:5:6')).toBe(true);
  expect(sockets.isFull('2001:db8:1:3::1')).toBe(false);
  expect(sockets.isFull('192.0.2.7')).toBe(true);
  sockets.leave('2001:db8:1:2::1');
  sockets.leave('::ffff:192.0.2.7');
  expect(sockets.isFull('2001:db8:1:2:3:4:5:6')).toBe(false);
  expect(sockets.isFull('192.0.2.7')).toBe(false);
});
