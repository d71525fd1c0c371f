import type { FastifyInstance, FastifyRequest } from 'fastify';
import { forbidden } from '../../errors.ts';

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a page of another site would change here. A form or a script may send without asking first, and whoever
 * opens the page may reach a box office that the site cannot. What only reads is kept by the browser from such pages.
 */
export function refuseForeignPages(app: FastifyInstance, allowed: readonly string[]): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const isFine = CHANGES_NOTHING.has(request.method) || isAllowedOrigin(request, allowed);
    done(isFine ? undefined : foreignPage());
  });
}

function foreignPage(): Error {
  return forbidden('Pages of other sites may not do this, but for those of CORS_ORIGINS.');
}

/**
 * Whether it is a page of ours, or of an allowed origin, that asks. What is no browser sends neither header. Browsers
 * know what is the same origin also where a proxy changes the Host; those that do not say it send an Origin at least.
 */
export function isAllowedOrigin({ headers, host }: FastifyRequest, allowed: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && allowed.includes(origin)) return true;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
