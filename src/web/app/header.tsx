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
      <a class="brand" href="/">
        Box Office
      </a>
      <nav aria-label={say.navigation}>
        {link('/', say.events)}
        {link('/tickets', say.myTickets)}
      </nav>
    </header>
  );
}
