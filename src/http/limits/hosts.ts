import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config.ts';
import { sendProblem } from '../rest/problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Tells nothing that a stranger could use, and is asked for under any name. */
    anyHost?: true;
  }
}

/**
 * Whether a request is for one of our names. Another site can let its own name lead here, and its pages are then of the
 * same origin as our answers (DNS rebinding). Addresses and localhost are nobody's name, and programs of old send none.
 */
export function isForUs({ headers: { host } }: IncomingMessage, { allowedHosts }: Config): boolean {
  if (allowedHosts === null || !host) return true;
  const name = nameOf(host);
  return isAddressOrLocalhost(name) || allowedHosts.some((allowed) => matches(name, allowed));
}

/** Answers requests for other names with 421. */
export function checkHosts(app: FastifyInstance, config: Config): void {
  if (config.allowedHosts === null) return;
  app.addHook('onRequest', (request, reply, done) => {
    if (isForUs(request.raw, config) || request.routeOptions.config.anyHost) return done();
    sendProblem(reply, {
      status: 421,
      code: 'BAD_REQUEST',
      detail: 'This box office does not answer to that name; ALLOWED_HOSTS lists those it answers to.',
    });
  });
}

function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}

function isAddressOrLocalhost(name: string): boolean {
  return isIP(name) === 4 || /^\[[\da-f:.]+\]$/.test(name) || /^(.+\.)?localhost$/.test(name);
}

/** @param allowed a name, or `*.` and a name for all below it */
function matches(name: string, allowed: string): boolean {
  return allowed.startsWith('*.') ? name.endsWith(allowed.slice(1)) : name === allowed;
}
