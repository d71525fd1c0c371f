import { useWords } from '../app/app-context.ts';

export function LoadingPage() {
  const { say } = useWords();
  return (
    <p class="loading" role="status">
      {say.loading}
    </p>
  );
}
