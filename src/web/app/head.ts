import { useEffect } from 'preact/hooks';
import { useApp } from './app-context.ts';

const SITE = 'Box Office';

/** What stands in the head of the document. */
export interface Head {
  title: string;
  description: string;
}

export const emptyHead = (): Head => ({ title: SITE, description: '' });

/** Says where one is: in the tab, in the history, and to who hears the page. */
export function useHead(title: string, description = ''): void {
  const { head } = useApp();
  head.title = title === SITE ? SITE : `${title} · ${SITE}`;
  head.description = description;
  useEffect(() => {
    document.title = head.title;
  }, [title]);
}
