import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useStore } from '../data/store.ts';
import { LoadingPage } from '../pages/loading-page.tsx';
import { NotFoundPage } from '../pages/not-found-page.tsx';
import { Announcer } from './announcer.tsx';
import { useApp, useWords } from './app-context.ts';
import { ConnectionLine } from './connection-line.tsx';
import { Header } from './header.tsx';
import { type Found, findRoute, type PageProps } from './routes.ts';

/** What stands around every page. */
export function Shell() {
  const { navigation } = useApp();
  const { say } = useWords();
  const path = useStore(navigation.path);
  const found = findRoute(path);
  const main = useMainWithFocus(path);
  return (
    <>
      <a class="skip" href="#main">
        {say.skipToContent}
      </a>
      <Header path={path} />
      <main id="main" tabIndex={-1} ref={main}>
        {found ? <CurrentPage key={path} found={found} /> : <NotFoundPage />}
      </main>
      <ConnectionLine />
      <Announcer />
    </>
  );
}

/** Whoever follows a link goes on at the top of what they came to, as after loading a page. */
function useMainWithFocus(path: string) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}

function CurrentPage({ found: { route, id } }: { readonly found: Found }) {
  const [Page, show] = useState<ComponentType<PageProps> | null>(() =>
    route.isLoaded ? (route.page as ComponentType<PageProps>) : null,
  );
  useEffect(() => {
    if (route.isLoaded) return;
    let left = false;
    const load = route.page as () => Promise<ComponentType<PageProps>>;
    void load().then((page) => {
      if (!left) show(() => page);
    });
    return () => {
      left = true;
    };
  }, [route]);
  return Page ? <Page id={id} /> : <LoadingPage />;
}
