import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { rateLimited } from '../../errors.ts';
import { addressKey } from './address-key.ts';

/** How much of something each address, and of IPv6 each /64, has at the moment. */
export class PerAddress {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  /** @param max 0: any number */
  constructor(max: number) {
    this.#max = max;
  }

  isFull(address: string | undefined): boolean {
    return this.#max > 0 && (this.#counts.get(addressKey(address)) ?? 0) >= this.#max;
  }

  enter(address: string | undefined): void {
    const key = addressKey(address);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  leave(address: string | undefined): void {
    const key = addressKey(address);
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}

const RETRY_AFTER_MS = 1_000;

/** One address cannot take all the room: beyond `max` requests at the same time its next one is refused. 0: any number. */
export function limitRequestsPerAddress(app: FastifyInstance, max: number, onRefused: () => void): void {
  if (max === 0) return;
  const answering = new PerAddress(max);
  // Sockets stay for long, and have a limit of their own.
  const upgrades = new WeakSet<IncomingMessage>();
  app.server.prependListener('upgrade', (request: IncomingMessage) => upgrades.add(request));
  app.addHook('onRequest', (request, reply, done) => {
    if (upgrades.has(request.raw)) return done();
    const { ip } = request;
    if (answering.isFull(ip)) {
      onRefused();
      return done(rateLimited(RETRY_AFTER_MS));
    }
    answering.enter(ip);
    reply.raw.once('close', () => answering.leave(ip));
    done();
  });
}
