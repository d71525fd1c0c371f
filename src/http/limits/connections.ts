import type { Server } from 'node:http';
import type { ServerParts } from '../server-parts.ts';
import { connectionBounds } from './connection-bounds.ts';
import { openFilesLimit } from './open-files.ts';
import { PerAddress } from './per-address.ts';
import { trustedPeers } from './trusted-peers.ts';

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
