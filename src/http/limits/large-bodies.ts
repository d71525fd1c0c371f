import { errorCodes, type FastifyInstance, type onRequestAsyncHookHandler } from 'fastify';

const LARGE = 'large';
const CONSTRAINT = 'bodySize';

/** Lets a body that says that it is longer than usual have a route of its own, see `largeBodies`. */
export function tellLargeBodies(app: FastifyInstance, usualBytes: number): void {
  app.addConstraintStrategy({
    name: CONSTRAINT,
    storage: () => {
      const handlers = new Map();
      return { get: (size) => handlers.get(size) ?? null, set: (size, handler) => void handlers.set(size, handler) };
    },
    // One that does not say how long it is goes the usual way, where it is counted.
    deriveConstraint: ({ headers }) => (Number(headers['content-length']) > usualBytes ? LARGE : undefined),
    validate: () => true,
  });
}

/**
 * Of a second route for the same method and path: takes longer bodies, from those only who may send them. Who that is
 * shows before any of the body is read.
 */
export function largeBodies(bodyLimit: number, isPermitted: (credentials: unknown) => Promise<boolean>) {
  const onRequest: onRequestAsyncHookHandler = async (request, reply) => {
    if (await isPermitted(request.headers.authorization)) return;
    // What is still to come is not read.
    reply.header('Connection', 'close');
    throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
  };
  return { constraints: { [CONSTRAINT]: LARGE }, bodyLimit, onRequest };
}
