import type { FastifyRequest } from 'fastify';

/** Whether a page of that origin may open a socket: ours, or an allowed one. What is no browser sends no origin. */
export function isAllowedOrigin({ headers, host }: FastifyRequest, allowed: readonly string[]): boolean {
  const { origin } = headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
