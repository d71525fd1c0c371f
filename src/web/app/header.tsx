import { SignOut } from '../pages/sign-in/sign-out.tsx';
import { useWords } from './app-context.ts';

export function Header({ path }: { readonly path: string }) {
  const { say } = useWords();
  const link = (to: string, text: string) => (
    <a href={to} aria-current={path === to ? 'page' : undefined}>
      {text}
    </a>
  );
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="Box Office">
        <svg viewBox="0 0 32 20" aria-hidden="true">
          <path d="M3 0h26a3 3 0 0 1 3 3v4a3 3 0 0 0 0 6v4a3 3 0 0 1-3 3H3a3 3 0 0 1-3-3v-4a3 3 0 0 0 0-6V3a3 3 0 0 1 3-3Zm17 3.2v2.4h2V3.2Zm0 5.6v2.4h2V8.800Zm0 5.6v2.4h2v-2.400Z" />
        </svg>
        <span>Box Office</span>
      </a>
      <nav aria-label={say.navigation}>
        {link('/', say.events)}
        {link('/tickets', say.myTickets)}
        <SignOut />
      </nav>
    </header>
  );
}
