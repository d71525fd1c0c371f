import type { FastifyRequest, HookHandlerDoneFunction } from 'fastify';

const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;

/**
 * Takes the quotes off an Idempotency-Key, so that `"abc"` and `abc` are the same key.
 * The draft (draft-ietf-httpapi-idempotency-key-header) makes it a structured string (RFC 8941); many clients send it bare.
 */
export function unquoteIdempotencyKey(request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction): void {
  const { headers } = request.raw;
  const quoted = QUOTED.exec(String(headers['idempotency-key'] ?? ''))?.[1];
  if (quoted !== undefined) headers['idempotency-key'] = quoted.replaceAll(/\\(.)/g, '$1');
  done();
}
