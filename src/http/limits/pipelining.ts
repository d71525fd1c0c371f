import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Requests of one connection that may wait behind the one that is being answered. */
const MAX_PIPELINED = 16;

/**
 * Browsers and HTTP libraries wait for an answer before they send the next request. Node takes all that came together, a
 * thousand requests, before anybody else has a turn: so each but the first waits for the next turn, and a connection with
 * too many that wait is ended.
 */
export function limitPipelining(app: FastifyInstance): void {
  const waiting = new WeakMap<Socket, number>();
  app.addHook('onRequest', ({ raw: { socket } }, reply, done) => {
    // Only the first of several answers has the socket already.
    if (reply.raw.socket) return done();
    const ahead = waiting.get(socket) ?? 0;
    if (ahead >= MAX_PIPELINED || socket.destroyed) {
      reply.hijack();
      socket.destroy();
      return;
    }
    waiting.set(socket, ahead + 1);
    reply.raw.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    setImmediate(done);
  });
}
