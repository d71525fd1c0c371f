import { isIP } from 'node:net';

/** What sockets that listen on IPv6 as well call an IPv4 address. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Some proxies write the client's port behind its address. */
const WITH_PORT = /^(\d+\.\d+\.\d+\.\d+):\d+$|^\[(.+)\](?::\d+)?$/;
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * What tells one address from another for the limits: of IPv6 the /64, because whoever has an address there has all of
 * them; an IPv4 address is the same however it is written. A connection that is gone has none.
 */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return '';
  if (!address.includes(':')) return address;
  const [, ipv4, ipv6] = WITH_PORT.exec(address) ?? [];
  const bare = ipv4 ?? (ipv6 ?? address).replace(/%.*$/, '');
  return MAPPED.exec(bare)?.[1] ?? (isIP(bare) === 6 ? networkOf(bare) : bare);
}

function networkOf(ipv6: string): string {
  const canonical = new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
  const [before = [], after = []] = canonical.split('::').map((groups) => groups.split(':').filter(Boolean));
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after];
  const [high, low] = groups.slice(-2).map((group) => Number.parseInt(group, 16)) as [number, number];
  if (/^(0:){5}ffff:/.test(groups.join(':'))) return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
