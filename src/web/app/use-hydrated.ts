import { useLayoutEffect, useState } from 'preact/hooks';

/** false for the first rendering, which has to be that of the server, who knows nothing of this browser. */
export function useHydrated(): boolean {
  const [hydrated, show] = useState(false);
  useLayoutEffect(() => show(true), []);
  return hydrated;
}
