import { DOOR_CACHE } from './door-cache.ts';

interface Asked extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** What is used of a service worker: TypeScript has its types in place of those of a page. */
interface Worker {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(event: 'install', listen: () => void): void;
  addEventListener(event: 'activate', listen: (activated: { waitUntil(done: Promise<void>): void }) => void): void;
  addEventListener(event: 'fetch', listen: (asked: Asked) => void): void;
}

const worker = self as unknown as Worker;

/** Who reloads at the door with a bad network waits no longer. */
const NETWORK_WITHIN_MS = 3_000;

worker.addEventListener('install', () => void worker.skipWaiting());
worker.addEventListener('activate', (activated) => activated.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (asked) => {
  const { request } = asked;
  const { pathname, origin } = new URL(request.url);
  if (origin !== worker.location.origin) return;
  if (request.mode === 'navigate') asked.respondWith(freshOrKept(request));
  // Their names say what is in them.
  else if (pathname.startsWith('/assets/')) asked.respondWith(keptOrFresh(request));
});

async function freshOrKept(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(NETWORK_WITHIN_MS) });
  } catch (error) {
    const kept = await keptOf(request);
    if (kept) return kept;
    throw error;
  }
}

async function keptOrFresh(request: Request): Promise<Response> {
  return (await keptOf(request)) ?? fetch(request);
}

async function keptOf(request: Request): Promise<Response | undefined> {
  const cache = await caches.open(DOOR_CACHE);
  return cache.match(request, { ignoreVary: true, ignoreSearch: true });
}
