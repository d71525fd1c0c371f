import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asksForHtml } from '../http/accepted.ts';
import { sendBuiltFile } from '../http/built-files.ts';
import { PAGE_HEADERS } from '../http/security-headers.ts';
import { ASSETS_PATH, type BuiltPage, type PageRequest } from './built-page.ts';
import { SERVICE_LINKS } from './service-links.ts';

/** Each is `src/web/app/routes.ts`' as well. No route of the REST API has one of them. */
const ADDRESSES = ['/events/:id', '/tickets', '/bookings/:id', '/dashboard', '/dashboard/events/:id', '/door/:id'];

const A_YEAR_S = 31_536_000;
/** What opens the door's page without a network. It asks for what the page asks for, and has a say at the door only. */
const DOOR_WORKER = 'door-worker-';
const DOOR_WORKER_HEADERS = { ...PAGE_HEADERS, 'Service-Worker-Allowed': '/door/' };

export interface PageParts {
  readonly settings: PageRequest['settings'];
  readonly ask: (request: FastifyRequest) => PageRequest['ask'];
  readonly now: () => Date;
}

/** The page, for browsers. Whoever else asks for `/` gets the links of the service. */
export function pageRoutes(app: FastifyInstance, page: BuiltPage | null, parts: PageParts): void {
  app.get('/', async (request, reply) => {
    // For the router the whole server, `*`, is its root.
    if (request.url === '*') return reply.callNotFound();
    reply.header('Vary', 'Accept, Accept-Language');
    if (page && asksForHtml(request)) return showPage(page, parts, request, reply);
    return reply.header('Cache-Control', 'no-cache').send(SERVICE_LINKS);
  });
  if (!page) return;
  for (const url of ADDRESSES) app.get(url, (request, reply) => showPage(page, parts, request, reply));
  app.get<{ Params: { name: string } }>(`${ASSETS_PATH}:name`, (request, reply) => {
    if (request.params.name.startsWith(DOOR_WORKER)) reply.headers(DOOR_WORKER_HEADERS);
    return sendBuiltFile(page.assets, request, reply, `public, max-age=${A_YEAR_S}, immutable`);
  });
}

/** The HTML of an address, also of one that there is not. */
export async function showPage(
  page: BuiltPage,
  { settings, ask, now }: PageParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = request.url.replace(/\?.*$/s, '');
  const { status, html } = await page.render({
    path,
    acceptLanguage: request.headers['accept-language'] ?? '',
    nowMs: now().getTime(),
    settings,
    ask: ask(request),
  });
  return reply
    .code(status)
    .headers({ ...PAGE_HEADERS, ...devicesOf(path), 'Cache-Control': 'no-cache', Vary: 'Accept, Accept-Language' })
    .type('text/html; charset=utf-8')
    .send(html);
}

/** The door's scanner is all that needs a device. */
function devicesOf(path: string): { 'Permissions-Policy': string } {
  const camera = path.startsWith('/door/') ? 'self' : '';
  return { 'Permissions-Policy': `camera=(${camera}), microphone=(), geolocation=()` };
}
