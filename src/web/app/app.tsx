import type { Settings } from '../data/box-office.ts';
import { type App, AppContext } from './app-context.ts';
import { Shell } from './shell.tsx';

/** What the server tells the page, in its HTML. */
export interface FirstView {
  readonly settings: Settings;
  readonly language: string;
  /** When the HTML was made, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly answers: Readonly<Record<string, unknown>>;
}

export function PageApp({ app }: { readonly app: App }) {
  return (
    <AppContext value={app}>
      <Shell />
    </AppContext>
  );
}
