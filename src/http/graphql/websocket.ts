import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { UNKNOWN_SUBPROTOCOL } from './close-codes.ts';
import { OutgoingFrames } from './outgoing-frames.ts';
import type { SubscriptionParts } from './subscription-parts.ts';
import { SubscriptionProtocol } from './subscription-protocol.ts';

const PING_INTERVAL_MS = 12_000;

/** Joins one WebSocket to the protocol. A client's faults close its socket and are no errors of ours. */
export function serveSocket(socket: WebSocket, parts: SubscriptionParts, address: string): void {
  if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
    socket.close(...UNKNOWN_SUBPROTOCOL);
    return;
  }
  const frames = new OutgoingFrames(socket, parts.server.config.websocket);
  const protocol = new SubscriptionProtocol(parts, {
    address,
    send: (frame) => frames.send(frame),
    close: (code, reason) => socket.close(code, reason),
  });
  let alive = true;
  const pinging = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, PING_INTERVAL_MS);
  socket.on('pong', () => {
    alive = true;
  });
  socket.on('ping', (data: Buffer) => frames.pong(data));
  socket.on('message', (data: Buffer) => {
    // What came together with the end of the connection is handed over after it.
    if (socket.readyState === socket.OPEN) protocol.receive(data);
    else protocol.closed();
  });
  socket.once('close', () => {
    clearInterval(pinging);
    protocol.closed();
    frames.closed();
  });
}
