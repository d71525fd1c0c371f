import { useWords } from '../app/app-context.ts';
import type { RequestFailed } from '../data/request-failed.ts';

/** Why something cannot be shown or done, in one sentence. */
export function FailureLine({ failure }: { readonly failure: RequestFailed | null }) {
  const { say } = useWords();
  if (!failure) return null;
  return (
    <p class="trouble" role="alert">
      {say.failure[failure.code] ?? say.failure.INTERNAL_SERVER_ERROR}
      {failure.retryAfterMs !== null && ` ${say.againByItself}`}
    </p>
  );
}
