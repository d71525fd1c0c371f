import { useWords } from '../app/app-context.ts';
import { useHead } from '../app/head.ts';

export function NotFoundPage() {
  const { say } = useWords();
  useHead(say.notFoundTitle);
  return (
    <section class="notice">
      <h1>{say.notFoundTitle}</h1>
      <p>{say.notFoundText}</p>
      <p>
        <a class="button" href="/">
          {say.toEvents}
        </a>
      </p>
    </section>
  );
}
