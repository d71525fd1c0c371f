import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Answers } from '../data/answers.ts';
import type { BoxOffice } from '../data/box-office.ts';
import type { Words } from '../messages/words.ts';
import type { Announcements } from './announcer.tsx';
import type { Head } from './head.ts';
import type { Navigation } from './navigation.ts';

/** What every part of the page may need. */
export interface App {
  readonly boxOffice: BoxOffice;
  readonly answers: Answers;
  readonly words: Words;
  readonly head: Head;
  readonly navigation: Navigation;
  readonly announcements: Announcements;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('There is no app around this');
  return app;
}

export function useWords(): Words {
  return useApp().words;
}
