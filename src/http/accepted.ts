import type { FastifyRequest } from 'fastify';

/** Whether it is a browser that asks, to show what it gets to somebody. */
export function asksForHtml({ headers: { accept = '' } }: FastifyRequest): boolean {
  return weightOf(accept, 'text/html') > 0;
}

/** The smallest of `codings` that the asker can read; undefined: none. */
export function acceptedCoding(
  { headers: { 'accept-encoding': accept = '' } }: FastifyRequest,
  codings: Iterable<string>,
): string | undefined {
  return [...codings].find((coding) => weightOf(String(accept), coding) > 0);
}

/** As a header names it, without its wildcards. */
function weightOf(header: string, name: string): number {
  for (const wish of header.toLowerCase().split(',')) {
    const [value, ...parameters] = wish.split(';').map((part) => part.trim());
    if (value !== name) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return quality ? Number(quality.slice(2)) : 1;
  }
  return 0;
}
