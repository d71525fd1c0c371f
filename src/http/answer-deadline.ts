import type { FastifyInstance } from 'fastify';
import { unavailable } from '../errors.ts';

/**
 * Whatever hangs behind a request, its caller is answered by then. What became of a booking tells its idempotency key.
 * Not Fastify's handlerTimeout: up to 5.12 that one ends when the body of the request is read (fastify pull request 6725).
 */
export function answerWithin(app: FastifyInstance, deadlineMs: number): void {
  app.addHook('onRequest', (_request, reply, done) => {
    const timer = setTimeout(() => {
      if (!reply.sent && !reply.raw.headersSent) reply.send(unavailable());
    }, deadlineMs);
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
}
