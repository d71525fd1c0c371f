import type { Server } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { Config } from '../../config.ts';
import type { ServerParts } from '../server-parts.ts';
import { connectionBounds, openFilesLimit } from './connection-bounds.ts';
import { PerAddress } from './per-address.ts';

const LOG_INTERVAL_MS = 60_000;

/**
 * Counts connections, not requests: an idle one takes a file descriptor too. One over a limit is closed at once. The
 * proxies of TRUST_PROXY, through which everybody comes, may have as many as there are.
 */
export function limitConnections(
  server: Server,
  { config, log, metrics }: Pick<ServerParts, 'config' | 'log' | 'metrics'>,
  openFiles = openFilesLimit(),
): void {
  const { total, perAddress, fewFiles } = connectionBounds(config, openFiles);
  const { maxConnections } = config.http;
  if (fewFiles) {
    log.warn({ openFiles, maxConnections, taken: total }, 'ulimit -n is too low for MAX_CONNECTIONS: fewer are taken');
  }
  const ofAddress = new PerAddress(perAddress);
  const isProxy = trustedPeers(config.trustProxy);
  let lastLogAt = Number.NEGATIVE_INFINITY;
  const refused = (limit: 'total' | 'address', address: string | undefined) => {
    metrics.connectionsRefused.inc({ limit });
    if (performance.now() < lastLogAt + LOG_INTERVAL_MS) return;
    lastLogAt = performance.now();
    log.warn({ limit, address, total, perAddress }, 'connections are refused');
  };
  server.maxConnections = total;
  server.on('drop', (dropped) => refused('total', dropped?.remoteAddress));
  server.prependListener('connection', (socket) => {
    metrics.connections.inc();
    socket.once('close', () => metrics.connections.dec());
    const { remoteAddress: address } = socket;
    if (address === undefined || isProxy(address)) return;
    if (ofAddress.isFull(address)) {
      refused('address', address);
      socket.destroy();
      return;
    }
    ofAddress.enter(address);
    socket.once('close', () => ofAddress.leave(address));
  });
}

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
