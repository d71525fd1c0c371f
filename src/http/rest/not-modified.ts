import type { FastifyRequest } from 'fastify';

/**
 * Whether the asker has what it asks for already (RFC 9110, If-None-Match).
 * @param etag quoted
 */
export function isNotModified({ headers }: FastifyRequest, etag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined) return false;
  return known.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
