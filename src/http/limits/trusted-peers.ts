import { BlockList, isIPv6 } from 'node:net';
import type { Config } from '../../config.ts';

/** Whether a connection from there is a proxy's, through which anybody may come. */
export function trustedPeers(trustProxy: Config['trustProxy']): (address: string) => boolean {
  if (trustProxy === false) return () => false;
  const proxies = new BlockList();
  for (const range of trustProxy.split(',')) {
    const [address = '', bits] = range.trim().split('/');
    const [family, all] = isIPv6(address) ? (['ipv6', 128] as const) : (['ipv4', 32] as const);
    proxies.addSubnet(address, bits === undefined ? all : Number(bits), family);
  }
  return (address) => proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
