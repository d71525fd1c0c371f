import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { unavailable } from '../errors.ts';
import type { RequestFailures } from './request-failures.ts';

/**
 * Whatever hangs behind a request, its caller is answered by then. Its idempotency key tells what became of a booking.
 * Not Fastify's handlerTimeout: up to 5.12 it ends when the body of the request is read (fastify pull request 6725).
 */
export function answerWithin(app: FastifyInstance, deadlineMs: number, failures: RequestFailures): void {
  app.addHook('onRequest', (request, reply, done) => {
    const timer = setTimeout(() => {
      if (reply.sent || reply.raw.headersSent) return;
      reply.send(unavailable());
      expectALateAnswer(request, reply, failures);
    }, deadlineMs);
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
}

/** What hung ends at some time, and Fastify would then complain that it was answered already. */
function expectALateAnswer(request: FastifyRequest, reply: FastifyReply, failures: RequestFailures): void {
  const error = ({ err }: { err: unknown }) => void failures.of(request)(err);
  reply.log = Object.assign(request.log.child({}, { level: 'silent' }), { error });
}
