import { Store } from '../data/store.ts';

/** Where this page is. */
export class Navigation {
  readonly path: Store<string>;

  constructor(path: string) {
    this.path = new Store(path);
  }

  go(path: string): void {
    history.pushState(null, '', path);
    this.path.set(path);
    scrollTo(0, 0);
  }

  /** Follows the links of the page, and the buttons of the browser, without loading anything again. */
  follow(): void {
    addEventListener('popstate', () => this.path.set(location.pathname));
    document.addEventListener('click', (click) => {
      const path = ownPath(click);
      if (path === null) return;
      click.preventDefault();
      this.go(path);
    });
  }
}

/** @returns the address of ours that a click leads to in this tab; null: the browser shall do what it does */
function ownPath(click: MouseEvent): string | null {
  if (click.defaultPrevented || click.button !== 0) return null;
  if (click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return null;
  const link = click.target instanceof Element ? click.target.closest('a') : null;
  if (!link || link.target || link.download || link.origin !== location.origin || link.hash) return null;
  return link.relList.contains('external') ? null : link.pathname;
}
