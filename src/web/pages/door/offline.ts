import { DOOR_CACHE } from './door-cache.ts';
import workerUrl from './door-worker.ts?worker&url';
import { openQrReader } from './qr-reader.ts';
import { prepareToRead, type TicketKey } from './ticket-payload.ts';

/** Lets this page open, and do its work, without a network: its HTML and what it is made of are kept, and nothing else. */
export async function keepPage(keys: readonly TicketKey[]): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  await Promise.all([openQrReader(), prepareToRead(keys)]);
  await navigator.serviceWorker.register(workerUrl, { scope: '/door/' });
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  const made = loaded.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith('/assets/'));
  const paths = new Set([location.pathname, ...made.map(({ pathname }) => pathname)]);
  const cache = await caches.open(DOOR_CACHE);
  const kept = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  // Of a version that is no more.
  for (const path of kept) if (path.startsWith('/assets/') && !paths.has(path)) await cache.delete(path);
  await cache.addAll([...paths].filter((path) => !kept.includes(path) || path === location.pathname));
}
