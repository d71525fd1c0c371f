import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem.ts';

interface KnownRoute {
  readonly methods: readonly string[];
  readonly path: RegExp;
}

type Asked = (request: FastifyRequest) => boolean;
type Answer = (request: FastifyRequest, reply: FastifyReply) => unknown;

export interface UnknownRoutes {
  /** From now on those who ask so are answered 404 in their own way. */
  show(asked: Asked, answer: Answer): void;
}

/** Answers a path that no route has with 404, and a path that other methods have with 405. Knows the routes that follow. */
export function answerUnknownRoutes(app: FastifyInstance): UnknownRoutes {
  const routes: KnownRoute[] = [];
  let shown: { readonly asked: Asked; readonly answer: Answer } | undefined;
  app.addHook('onRoute', ({ method, url }) => {
    routes.push({ methods: [method].flat(), path: pathPattern(url) });
  });
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.replace(/\?.*$/s, '');
    const allowed = new Set(routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods));
    if (allowed.size === 0 || allowed.has(request.method)) {
      if (request.method === 'GET' && shown?.asked(request)) return shown.answer(request, reply);
      return sendProblem(reply, { status: 404, code: 'NOT_FOUND', detail: 'Not Found' });
    }
    reply.header('Allow', [...allowed].sort().join(', '));
    return sendProblem(reply, { status: 405, code: 'METHOD_NOT_ALLOWED', detail: 'Method Not Allowed' });
  };
  // Before the body is read, which could only distract with an error about its type or size.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) answer(request, reply);
    else done();
  });
  app.setNotFoundHandler(answer);
  return {
    show: (asked, answer) => {
      shown = { asked, answer };
    },
  };
}

/** `:name` stands for one segment, a final `*` for any rest; a slash at the end means nothing. */
function pathPattern(url: string): RegExp {
  const pattern = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*$/, '.*');
  return new RegExp(`^${pattern}/?$`);
}
