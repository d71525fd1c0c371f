import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { rateLimited } from '../../errors.ts';
import { PerAddress } from './per-address.ts';

const RETRY_AFTER_MS = 1_000;

/** One address cannot take all the room: beyond `max` requests at the same time its next one is refused. 0: any number. */
export function limitRequestsPerAddress(app: FastifyInstance, max: number): void {
  if (max === 0) return;
  const answering = new PerAddress(max);
  // Sockets stay for long, and have a limit of their own.
  const upgrades = new WeakSet<IncomingMessage>();
  app.server.prependListener('upgrade', (request: IncomingMessage) => upgrades.add(request));
  app.addHook('onRequest', (request, reply, done) => {
    if (upgrades.has(request.raw)) return done();
    const { ip } = request;
    if (answering.isFull(ip)) return done(rateLimited(RETRY_AFTER_MS));
    answering.enter(ip);
    reply.raw.once('close', () => answering.leave(ip));
    done();
  });
}
