import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { isAllowedOrigin } from '../limits/origins.ts';

const GRAPHQL_ANSWER = 'application/graphql-response+json';
/** A browser says where a request comes from; none: its user typed the address. */
const OUR_PAGES: readonly unknown[] = [undefined, 'none', 'same-origin'];

/**
 * Lets queries by GET pass that some clients send by default, without any header that a browser would ask us about first:
 * they change nothing (Apollo Server answers 405 to a mutation), they carry no cookies, and none is from a page of another
 * site, which could not read the answer but measure its time. Apollo Server refuses all others, see csrfPrevention.
 */
export function admitQueriesByGet(corsOrigins: readonly string[]): onRequestHookHandler {
  return (request, _reply, done) => {
    const { headers } = request;
    if (headers.accept?.includes(GRAPHQL_ANSWER) && isFromAllowedPage(request, corsOrigins)) {
      headers['apollo-require-preflight'] = 'not needed';
    }
    done();
  };
}

/** A page of another origin that means to read the answer says who it is; one that says nothing must be ours. */
function isFromAllowedPage(request: FastifyRequest, corsOrigins: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  return origin === undefined ? OUR_PAGES.includes(site) : isAllowedOrigin(request, corsOrigins);
}
